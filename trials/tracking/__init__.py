"""Trials told to TensorBoard or MLflow as they end."""

"""Trials of networks: data, training, objectives, the study and the engines."""

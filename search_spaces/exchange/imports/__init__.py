"""Networks that people already have, as baselines: timm's models and `arch_def`, TensorFlow's block strings."""

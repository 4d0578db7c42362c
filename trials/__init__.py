"""What one candidate is worth, and how many run: data, training, objectives, the study and the engines."""

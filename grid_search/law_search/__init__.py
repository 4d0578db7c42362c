"""`scale search --method law`: networks for a law, its answer, its results."""

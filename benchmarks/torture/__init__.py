"""Searches disturbed at random moments, to look for anything lost or done twice: `python -m benchmarks.torture`."""

"""Stage 1: search for an efficient baseline network."""

"""Stage 2: search for the coefficients that scale a baseline network."""

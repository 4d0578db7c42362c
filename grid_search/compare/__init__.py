"""`scale compare`: given networks trained alike, beside their cost and what a law foretold."""

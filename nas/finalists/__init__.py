"""Finalists: the best different networks of a search, trained alone. Theirs is the last word."""

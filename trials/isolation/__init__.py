"""Evaluations in a process of their own, so that whatever somebody's code does ends a candidate and not the run."""

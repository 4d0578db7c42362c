"""What a scaling search stands on: a grid, or the pool of a law. Both know baseline, task and the grid's settings."""

from __future__ import annotations

from grid_search.grid.enumeration import Grid
from grid_search.law_search.pool import Pool

Ground = Grid | Pool

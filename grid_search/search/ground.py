"""What a scaling search stands on: a grid, or the pool of a law. Both know baseline, task and the grid's settings."""

from __future__ import annotations

from grid_search.config import ScaleConfig
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.law_search.pool import Pool, network_pool
from search_spaces.architecture import Architecture
from search_spaces.task import Task

Ground = Grid | Pool


def make_ground(baseline: Architecture, config: ScaleConfig, task: Task) -> Ground:
    """Return the grid, or the pool of a law, over a baseline. Raises InvalidInput where nothing meets the settings."""
    if config.method == "grid":
        return enumerate_grid(baseline, config.grid, task)
    return network_pool(baseline, config.grid, config.law, task)

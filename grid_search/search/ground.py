"""What a scaling search stands on: a grid, or the pool of a law. Both know baseline, task and the grid's settings."""

from __future__ import annotations

from grid_search.config import ScaleExperiment
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.law_search.pool import Pool, network_pool
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput

Ground = Grid | Pool


def ground_over(baseline: Architecture, experiment: ScaleExperiment) -> Ground:
    """Return the grid, or the pool of a law, of an experiment over a baseline. Raises InvalidInput."""
    config, task = experiment.scale, experiment.cost.task
    if config.method == "grid":
        return enumerate_grid(baseline, config.grid, task)
    try:
        return network_pool(baseline, config.grid, config.law, task)
    except InvalidInput as error:
        raise error.inside(experiment.name) if error.key.startswith("scale.") else error from None

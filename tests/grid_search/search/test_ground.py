from __future__ import annotations

import pytest

from grid_search.config import ScaleConfig, ScaleExperiment
from grid_search.grid.config import GridConfig
from grid_search.grid.enumeration import Grid
from grid_search.law.config import LawConfig
from grid_search.law_search.pool import Pool
from grid_search.search.ground import ground_over
from search_spaces import InvalidInput
from search_spaces.reference import reference
from search_spaces.scaling import Rounding

B0 = reference("efficientnet-b0")
COARSE = GridConfig(rounding=Rounding(width_divisor=512, resolution_multiple=224))


def test_the_method_says_what_a_search_stands_on() -> None:
    grid = ground_over(B0, ScaleExperiment(name="try"))
    pool = ground_over(B0, ScaleExperiment(name="try", scale=ScaleConfig(method="law")))
    assert (type(grid), type(pool)) == (Grid, Pool)
    for ground in (grid, pool):
        assert (ground.baseline.key, ground.task.num_classes, ground.config.target) == (B0.key, 1000, 2)


def test_a_range_of_too_few_networks_is_refused_with_the_experiments_name() -> None:
    law = ScaleConfig(method="law", law=LawConfig(cheapest=0.6, dearest=0.95), grid=COARSE)
    with pytest.raises(InvalidInput, match=r"^try\.scale\.law\.cheapest"):
        ground_over(B0, ScaleExperiment(name="try", scale=law))

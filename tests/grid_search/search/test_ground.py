from __future__ import annotations

import pytest

from grid_search.config import ScaleConfig
from grid_search.grid.config import GridConfig
from grid_search.grid.enumeration import Grid
from grid_search.law.config import LawConfig
from grid_search.law_search.pool import Pool
from grid_search.search.ground import make_ground
from search_spaces import InvalidInput
from search_spaces.reference import reference
from search_spaces.scaling import Rounding
from search_spaces.task import IMAGENET

B0 = reference("efficientnet-b0")
COARSE = GridConfig(rounding=Rounding(width_divisor=512, resolution_multiple=224))


def test_the_method_says_what_a_search_stands_on() -> None:
    grid, pool = (make_ground(B0, ScaleConfig(method=method), IMAGENET) for method in ("grid", "law"))
    assert (type(grid), type(pool)) == (Grid, Pool)
    for ground in (grid, pool):
        assert (ground.baseline.key, ground.task, ground.config.target) == (B0.key, IMAGENET, 2)


def test_a_range_of_too_few_networks_is_refused() -> None:
    law = ScaleConfig(method="law", law=LawConfig(cheapest=0.6, dearest=0.95), grid=COARSE)
    with pytest.raises(InvalidInput, match=r"^scale\.law\.cheapest"):
        make_ground(B0, law, IMAGENET)

from __future__ import annotations

import pytest

from grid_search.grid.config import GridConfig
from grid_search.grid.enumeration import enumerate_grid
from grid_search.grid.summary import describe_grid
from search_spaces.reference import reference
from search_spaces.scaling import Rounding

B0 = reference("efficientnet-b0")


def test_spread_of_the_published_grid() -> None:
    summary = describe_grid(enumerate_grid(B0), bins=7)
    assert (summary.points, summary.candidates, summary.distinct) == (2541, 108, 65)
    assert (summary.on_target, summary.distinct_on_target) == (5, 4)
    assert (round(summary.least, 2), round(summary.median, 2), round(summary.largest, 2)) == (1.93, 2.55, 3.33)
    assert summary.least < summary.lower_quartile < summary.median < summary.upper_quartile < summary.largest
    assert sum(summary.counts) == 108
    assert len(summary.edges) == len(summary.counts) + 1 == 8


def intervals(depth: str, coefficient: str) -> list[str]:
    grid = enumerate_grid(B0, GridConfig(rounding=Rounding(depth=depth)))  # type: ignore[arg-type]
    found = describe_grid(grid).indistinguishable
    return [one.interval for one in found if one.coefficient == coefficient]


def test_every_alpha_above_one_up_to_five_quarters_makes_the_same_network() -> None:
    assert intervals("ceil", "alpha")[0] == "(1, 1.25]"
    assert intervals("ceil", "alpha")[2] == "(1.5, 1.66667]"


def test_rounding_to_nearest_splits_elsewhere() -> None:
    """Four layers become five at 4.5 / 4: half up."""
    assert intervals("nearest", "alpha")[0] == "[1, 1.125)"


def test_resolutions_of_a_coarse_multiple_fall_together() -> None:
    grid = enumerate_grid(B0, GridConfig(rounding=Rounding(resolution_multiple=32)))
    found = [one for one in describe_grid(grid).indistinguishable if one.coefficient == "gamma"]
    assert found[0].interval == "[1, 1.14286)"
    assert found[0].values == pytest.approx((1, 1.05, 1.1))
    assert found[0].resolved == (224, 224)

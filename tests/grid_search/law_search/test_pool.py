from __future__ import annotations

import numpy as np
import pytest

from grid_search.compound_scaling import scale
from grid_search.grid.config import GridConfig
from grid_search.law.config import LawConfig
from grid_search.law_search.pool import Pool, measured_ratios, network_pool
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from search_spaces.scaling import Rounding

B0 = reference("efficientnet-b0")


@pytest.fixture(scope="module")
def pool() -> Pool:
    return network_pool(B0, GridConfig(), LawConfig())


def test_networks_are_distinct_and_cost_what_they_say(pool: Pool) -> None:
    assert 0.25 <= pool.ratios.min() < 0.3
    assert 1.9 < pool.ratios.max() <= 2
    assert pool.axes == ("depth", "width", "resolution")
    places = [0, len(pool.ratios) // 2, len(pool.ratios) - 1]
    networks = [scale(B0, pool.coefficients(place)) for place in places]
    assert len({network.key for network in networks}) == 3
    ratios = [estimate_cost(network).flops / estimate_cost(B0).flops for network in networks]
    np.testing.assert_allclose(ratios, pool.ratios[places])
    assert pool.cost_model.error < 0.15  # rounding up of depth


def test_an_axis_that_cannot_vary_is_none() -> None:
    rounding = Rounding(resolution_multiple=224)
    flat = network_pool(B0, GridConfig(rounding=rounding), LawConfig(cheapest=0.5, dearest=1.9))
    assert flat.axes == ("depth", "width")
    assert flat.shapes.shape[1] == 2
    np.testing.assert_allclose(flat.cost_model(flat.shapes), np.log(flat.ratios), atol=0.1)
    assert flat.cost_model.error < 0.15  # of dearer networks too, all at this resolution


def test_a_cost_that_is_measured_is_asked_of_few() -> None:
    found = network_pool(B0, GridConfig(cost="tests.objectives:thousand_params"), LawConfig())
    assert len(found.ratios) == 48
    again = measured_ratios(B0, found.config, found.task, found.multipliers[:3])
    np.testing.assert_allclose(again, found.ratios[:3])


def test_a_baseline_that_cannot_shrink_is_refused() -> None:
    coarse = GridConfig(rounding=Rounding(width_divisor=512, resolution_multiple=224))
    with pytest.raises(InvalidInput, match=r"scale\.law\.cheapest.*different networks"):
        network_pool(B0, coarse, LawConfig(cheapest=0.6, dearest=0.95))

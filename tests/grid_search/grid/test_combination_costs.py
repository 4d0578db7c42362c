from __future__ import annotations

from itertools import product

import pytest

from grid_search.grid.combination_costs import COUNTS, combination_costs
from search_spaces.cost import estimate_cost
from search_spaces.reference import REFERENCES, reference
from search_spaces.scaling import Rounding, scale_architecture

ROUNDINGS = [Rounding(), Rounding(depth="nearest", resolution="nearest", resolution_multiple=8, width_divisor=4)]
SMALL = [name for name in REFERENCES if not name.startswith("efficientnet") or name.endswith(("b0", "b3"))]
VALUES = {"depth": [0.6, 1.0, 1.7], "width": [0.55, 1.0, 1.35], "resolution": [0.5, 1.0, 1.147, 1.3]}


@pytest.mark.parametrize("rounding", ROUNDINGS, ids=["official", "nearest"])
@pytest.mark.parametrize("name", SMALL)
def test_every_entry_is_the_cost_of_the_network_scaled_one_by_one(name: str, rounding: Rounding) -> None:
    baseline = reference(name)
    table = combination_costs(baseline, **VALUES, rounding=rounding)
    for (d, depth), (w, width), (r, resolution) in product(*(enumerate(VALUES[axis]) for axis in VALUES)):
        place = (table.depth.index[d], table.width.index[w], table.resolution.index[r])
        scaled = scale_architecture(baseline, depth=depth, width=width, resolution=resolution, rounding=rounding)
        assert table.architecture(*map(int, place)) == scaled
        cost = estimate_cost(scaled)
        assert [int(table.count(count)[place]) for count in COUNTS] == [cost.flops, cost.params, cost.activations]


def test_l2_fits_in_64_bits() -> None:
    table = combination_costs(
        reference("efficientnet-b0"), depth=[5.3], width=[4.3], resolution=[800 / 224], rounding=Rounding()
    )
    assert table.count("flops").item() == 475_703_653_280
    assert table.count("params").item() == 480_309_308

from __future__ import annotations

from dataclasses import replace

import pytest

from grid_search.compound_scaling import PAPER_COEFFICIENTS
from grid_search.family.finished import ScalingRule
from grid_search.maps.networks import ROLES, compared_networks, looked_at
from search_spaces.measure import measure_cost
from search_spaces.reference import reference
from search_spaces.scaling import EFFICIENTNET_ROUNDING
from search_spaces.task import IMAGENET

B0 = reference("efficientnet-b0")


def test_scaled_networks_cost_the_same_and_one_axis_alone_differs() -> None:
    rule = ScalingRule(
        baseline=B0, task=IMAGENET, coefficients=PAPER_COEFFICIENTS, rounding=replace(EFFICIENTNET_ROUNDING)
    )
    found = compared_networks(rule)
    assert tuple(one.role for one in found) == ROLES
    flops = {one.role: measure_cost(one.architecture).flops for one in found}
    for one in found:
        assert one.ratio == pytest.approx(flops[one.role] / flops["baseline"], rel=1e-3)
        if one.role != "baseline":
            assert flops[one.role] == pytest.approx(flops["compound"], rel=0.08)  # depth goes in steps of blocks
    by_role = {one.role: one.architecture for one in found}
    widths = [stage.width for stage in B0.stages]
    assert [stage.width for stage in by_role["depth only"].stages] == widths
    assert by_role["depth only"].block_count > B0.block_count
    assert by_role["resolution only"].block_count == B0.block_count
    assert by_role["width only"].input_size == B0.input_size
    assert found[2].folder == "width-only"


@pytest.mark.parametrize(("resolution", "stage"), [(224, 6), (64, 4), (32, 2), (8, 0)])
def test_maps_are_taken_where_four_pixels_are_left(resolution: int, stage: int) -> None:
    assert looked_at(replace(B0, resolution=resolution)) == stage

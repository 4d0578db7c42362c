from __future__ import annotations

import pytest

from grid_search.compound_scaling import Multipliers
from grid_search.family.axis_limits import fits, hold
from grid_search.family.config import AxisLimits
from search_spaces import InvalidInput
from search_spaces.reference import reference
from search_spaces.scaling import EFFICIENTNET_ROUNDING

B0 = reference("efficientnet-b0")  # 16 blocks, 320 channels in its widest stage, 224 px
B4 = Multipliers(depth=1.8, width=1.4, resolution=380 / 224)


def held(limits: AxisLimits, wanted: Multipliers = B4) -> Multipliers:
    return hold(B0, wanted, limits, EFFICIENTNET_ROUNDING)


def test_without_limits_nothing_moves() -> None:
    assert held(AxisLimits()) == B4


def test_each_axis_stops_at_the_last_value_within_its_limit() -> None:
    multipliers = held(AxisLimits(depth=24, width=400, resolution=300))
    network = multipliers.apply(B0)
    assert network.block_count <= 24
    assert max(stage.width for stage in network.stages) == 400
    assert network.resolution == 300
    for axis in ("depth", "width", "resolution"):
        further = getattr(multipliers, axis) + 1e-6
        beyond = Multipliers(**{axis: further}).apply(B0)
        sizes = {
            "depth": (beyond.block_count, 24),
            "width": (max(stage.width for stage in beyond.stages), 400),
            "resolution": (beyond.input_size[0], 300),
        }
        assert sizes[axis][0] > sizes[axis][1]


def test_an_axis_within_its_limit_stays() -> None:
    assert held(AxisLimits(resolution=300)) == Multipliers(1.8, 1.4, held(AxisLimits(resolution=300)).resolution)


def test_a_least_resolution_holds_from_below() -> None:
    small = Multipliers(depth=0.5, width=0.5, resolution=0.25)
    multipliers = held(AxisLimits(least_resolution=96), small)
    assert (multipliers.depth, multipliers.width, multipliers.apply(B0).resolution) == (0.5, 0.5, 96)


def test_a_limit_that_no_network_keeps_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:  # every stage has at least one block
        held(AxisLimits(depth=6))
    assert (caught.value.key, caught.value.value) == ("limits.depth", 6)


@pytest.mark.parametrize(
    ("axis", "resolved", "expected"),
    [
        ("depth", (3, 4, 3), True),
        ("depth", (3, 5, 3), False),
        ("width", (99, 16, 32, 1280), True),  # stem and head do not count
        ("width", (8, 16, 40, 0), False),
        ("resolution", (128, 256), True),
        ("resolution", (128, 257), False),
        ("resolution", (127, 256), False),
    ],
)
def test_limits_are_included(axis: str, resolved: tuple[int, ...], expected: bool) -> None:
    assert fits(axis, resolved, AxisLimits(depth=10, width=32, resolution=256, least_resolution=128)) is expected

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from search_spaces import Stem
from search_spaces.architecture import Stage
from search_spaces.reference import reference
from search_spaces.scaling import (
    Rounding,
    round_depth,
    round_resolution,
    round_width,
    scale_architecture,
    width_grain,
)

B0 = reference("efficientnet-b0")


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("divisor", [1, 4, 8, 32])
def test_widths_are_rounded_as_torchvision_does(divisor: int) -> None:
    theirs: Any = pytest.importorskip("torchvision").models._utils
    widths = [step / 7 for step in range(1, 7 * 400)]
    assert [round_width(width, divisor) for width in widths] == [
        theirs._make_divisible(width, divisor) for width in widths
    ]


def test_a_width_is_never_rounded_below_nine_tenths() -> None:
    assert all(round_width(width) >= 0.9 * width for width in range(1, 3000))


def test_depths_are_rounded_up_but_for_errors_of_floating_point() -> None:
    assert math.ceil(50 * 1.1) == 56
    assert round_depth(50 * 1.1) == 55
    assert [round_depth(2 * factor) for factor in (0.1, 1.0, 1.1, 1.6)] == [1, 2, 3, 4]
    assert [round_depth(depth, "nearest") for depth in (0.2, 1.4, 2.5, 2.6)] == [1, 1, 3, 3]


def test_resolutions_are_multiples_and_never_nothing() -> None:
    coarse = Rounding(resolution_multiple=32, resolution="nearest")
    assert [round_resolution(pixels, coarse) for pixels in (1, 47, 49, 80)] == [32, 32, 64, 96]
    assert [round_resolution(pixels) for pixels in (0.5, 257.6, 57.99999999999)] == [1, 257, 58]


def test_an_axis_that_is_not_scaled_keeps_numbers_that_follow_no_rule() -> None:
    odd = replace(B0, stem=Stem(width=33), resolution=(225, 97))
    deeper = scale_architecture(odd, depth=2)
    assert (deeper.stem, deeper.resolution, deeper.head) == (odd.stem, odd.resolution, odd.head)
    assert [stage.depth for stage in deeper.stages] == [2, 4, 4, 6, 6, 8, 2]
    assert scale_architecture(odd, resolution=2).stages == odd.stages
    assert scale_architecture(odd) == odd


def test_height_and_width_are_scaled_alike() -> None:
    wide = scale_architecture(replace(B0, resolution=(100, 200)), resolution=1.5)
    assert wide.input_size == (150, 300)


def test_a_scaled_bottleneck_divides_inside_too() -> None:
    wider = scale_architecture(reference("resnet-50"), width=1.2)
    assert [stage.width for stage in wider.stages] == [320, 608, 1216, 2464]
    assert {block.expanded_width % 8 for block in wider.blocks} == {0}
    assert wider.stem == Stem(width=80, kernel_size=7, pool=2)


def test_only_a_bottleneck_of_a_whole_inverse_ratio_has_a_grain() -> None:
    def grain(ratio: float) -> int:
        return width_grain(Stage(op="bottleneck", expansion_ratio=ratio, width=64, depth=1))

    assert [grain(ratio) for ratio in (0.25, 0.5, 1, 0.3, 2)] == [4, 2, 1, 1, 1]
    assert width_grain(Stage(op="mbconv", expansion_ratio=0.25, width=64, depth=1)) == 1

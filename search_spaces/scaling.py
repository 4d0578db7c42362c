"""Scaling an architecture: width, depth and resolution multiplied and rounded. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

from search_spaces.architecture import Architecture, Head, Stage
from search_spaces.checks import check_integer, check_one_of

DepthRule = Literal["ceil", "nearest"]
ResolutionRule = Literal["floor", "nearest"]
LARGEST_STEP = 512  # channels or pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class Rounding:
    """How scaled numbers become integers; the defaults are EfficientNet's.

    The published resolutions follow no rule (they are multiples of 4), so both the rule and the multiple are free.
    """

    width_divisor: int = 8
    depth: DepthRule = "ceil"
    resolution: ResolutionRule = "floor"
    resolution_multiple: int = 1

    def __post_init__(self) -> None:
        check_integer("width_divisor", self.width_divisor, 1, LARGEST_STEP)
        check_integer("resolution_multiple", self.resolution_multiple, 1, LARGEST_STEP)
        check_one_of("depth", self.depth, get_args(DepthRule))
        check_one_of("resolution", self.resolution, get_args(ResolutionRule))


EFFICIENTNET_ROUNDING = Rounding()


def round_width(width: float, divisor: int = 8) -> int:
    """Round channels to the nearest multiple of `divisor`, but never below 90 % of `width` (official code).

    >>> [round_width(32 * 1.1), round_width(16 * 1.1), round_width(11)]
    [32, 16, 16]
    """
    rounded = max(divisor, int(width + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * width else rounded


def round_depth(depth: float, rule: DepthRule = "ceil") -> int:
    """Round a number of layers, to at least one. `ceil` is EfficientNet's rule, `nearest` TinyNet's.

    >>> [round_depth(2 * 1.1), round_depth(2 * 1.1, "nearest")]
    [3, 2]
    """
    # 1.1 * 50 is 55.00000000000001 in floating point: without the guard ceil would add a layer that nobody asked for
    return max(1, math.ceil(depth - 1e-9) if rule == "ceil" else math.floor(depth + 0.5))


def round_resolution(resolution: float, rounding: Rounding = EFFICIENTNET_ROUNDING) -> int:
    """Round pixels to a multiple of `rounding.resolution_multiple`, to at least one of them.

    >>> round_resolution(224 * 1.15), round_resolution(224 * 1.15, Rounding(resolution_multiple=4))
    (257, 256)
    """
    multiple = rounding.resolution_multiple
    steps = resolution / multiple + 1e-9
    return multiple * max(1, math.floor(steps if rounding.resolution == "floor" else steps + 0.5))


def width_grain(stage: Stage) -> int:
    """Return what the divisor of a stage's width is multiplied by, so that the width inside its blocks divides too.

    A `bottleneck` of ratio 0.25 is 4 times narrower inside: its width becomes a multiple of 32 where others become one
    of 8, as grouped and 8-channel arithmetic wants it. 1 where the inverse of the ratio is no whole number.
    """
    grain = 1 / stage.expansion_ratio if stage.op == "bottleneck" else 1
    return int(grain) if grain >= 1 and grain == int(grain) else 1


def scale_architecture(
    architecture: Architecture,
    *,
    width: float = 1.0,
    depth: float = 1.0,
    resolution: float = 1.0,
    rounding: Rounding = EFFICIENTNET_ROUNDING,
) -> Architecture:
    """Multiply widths (stem and head too), depths and resolution; a multiplier of 1 leaves its axis untouched.

    Source: EfficientNet (arXiv:1905.11946) and its official code for the rounding rules.
    """

    def wide(channels: int, grain: int = 1) -> int:
        return channels if width == 1 else round_width(channels * width, rounding.width_divisor * grain)

    def deep(stage: Stage) -> int:
        return stage.depth if depth == 1 else round_depth(stage.depth * depth, rounding.depth)

    def sharp(pixels: int) -> int:
        return pixels if resolution == 1 else round_resolution(pixels * resolution, rounding)

    height, breadth = architecture.input_size
    return replace(
        architecture,
        resolution=(sharp(height), sharp(breadth)),
        stem=replace(architecture.stem, width=wide(architecture.stem.width)),
        stages=tuple(
            replace(stage, width=wide(stage.width, width_grain(stage)), depth=deep(stage))
            for stage in architecture.stages
        ),
        head=Head(width=architecture.head.width and wide(architecture.head.width)),
    )

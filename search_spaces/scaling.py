"""Architecture -> Architecture: width, depth and resolution multiplied and rounded. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from search_spaces.architecture import Architecture, Head, Stage, Stem


@dataclass(frozen=True, kw_only=True, slots=True)
class Rounding:
    """How scaled numbers become integers; the defaults are EfficientNet's.

    The published resolutions follow no rule (they are multiples of 4), so both the rule and the multiple are free.
    """

    width_divisor: int = 8
    depth: Literal["ceil", "nearest"] = "ceil"
    resolution: Literal["floor", "nearest"] = "floor"
    resolution_multiple: int = 1


EFFICIENTNET_ROUNDING = Rounding()


def round_width(width: float, divisor: int = 8) -> int:
    """Round channels to the nearest multiple of `divisor`, but never below 90 % of `width` (official code).

    >>> [round_width(32 * 1.1), round_width(16 * 1.1), round_width(11)]
    [32, 16, 16]
    """
    rounded = max(divisor, int(width + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * width else rounded


def round_depth(depth: float, rule: Literal["ceil", "nearest"] = "ceil") -> int:
    """Round a number of layers, to at least one. `ceil` is EfficientNet's rule, `nearest` TinyNet's.

    >>> [round_depth(2 * 1.1), round_depth(2 * 1.1, "nearest")]
    [3, 2]
    """
    # 1.1 * 10 is 11.000000000000002 in floating point: without the guard ceil would add a layer that nobody asked for
    return max(1, math.ceil(depth - 1e-9) if rule == "ceil" else math.floor(depth + 0.5))


def round_resolution(resolution: float, rounding: Rounding = EFFICIENTNET_ROUNDING) -> int:
    """Round pixels to a multiple of `rounding.resolution_multiple`, to at least one of them.

    >>> round_resolution(224 * 1.15), round_resolution(224 * 1.15, Rounding(resolution_multiple=4))
    (257, 256)
    """
    multiple = rounding.resolution_multiple
    steps = resolution / multiple + 1e-9
    return multiple * max(1, math.floor(steps if rounding.resolution == "floor" else steps + 0.5))


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

    def wide(channels: int) -> int:
        return channels if width == 1 else round_width(channels * width, rounding.width_divisor)

    def deep(stage: Stage) -> int:
        return stage.depth if depth == 1 else round_depth(stage.depth * depth, rounding.depth)

    def sharp(pixels: int) -> int:
        return pixels if resolution == 1 else round_resolution(pixels * resolution, rounding)

    height, breadth = architecture.input_size
    return replace(
        architecture,
        resolution=(sharp(height), sharp(breadth)),
        stem=Stem(
            width=wide(architecture.stem.width),
            kernel_size=architecture.stem.kernel_size,
            stride=architecture.stem.stride,
        ),
        stages=tuple(replace(stage, width=wide(stage.width), depth=deep(stage)) for stage in architecture.stages),
        head=Head(width=architecture.head.width and wide(architecture.head.width)),
    )

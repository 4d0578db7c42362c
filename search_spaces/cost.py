"""Closed-form cost of an architecture, exact and without a tensor. No torch.

`flops` means multiply-adds at batch 1 of the convolutions and the classifier, in this whole project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from search_spaces.architecture import Architecture, Stage, Stem
from search_spaces.structure import Block, after_stride, placed_runs

MOST_MEASURED_FLOPS, MOST_MEASURED_BLOCKS = 50_000_000_000, 1_000
MOST_MEASURED_PARAMS, MOST_MEASURED_ACTIVATIONS = 100_000_000, 300_000_000  # just above EfficientNet-B7


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Cost at batch 1: `flops` (multiply-adds), `params` (trainable), `activations` (elements put out).

    Activations are those of the convolutions and the classifier, as "Designing Network Design Spaces"
    (arXiv:2003.13678) and its code, pycls, count them.
    """

    flops: int
    params: int
    activations: int


Counts = tuple[int, int, int]  # flops, params, activations


def is_measurable(architecture: Architecture, cost: Cost) -> bool:
    """Tell whether fvcore can count this network: it runs it for real, which takes 4 GB for EfficientNet-B7.

    Weights and feature maps are what takes the memory, whatever the flops are.
    """
    return (
        cost.flops <= MOST_MEASURED_FLOPS
        and cost.params <= MOST_MEASURED_PARAMS
        and cost.activations <= MOST_MEASURED_ACTIVATIONS
        and sum(stage.depth for stage in architecture.stages) <= MOST_MEASURED_BLOCKS
    )


def estimate_cost(architecture: Architecture, num_classes: int = 1000, in_channels: int = 3) -> Cost:
    """Return the exact cost of the network `build_network` makes of `architecture`.

    >>> from search_spaces.reference import reference
    >>> estimate_cost(reference("efficientnet-b0"))
    Cost(flops=385814752, params=5288548, activations=6748036)
    """
    counts, height, width = stem_counts(architecture.stem, in_channels, *architecture.input_size)
    flops, params, activations = counts
    for block, count, entering, height, width in placed_runs(  # noqa: B020 (where they end, the head begins)
        architecture.stages, architecture.stem.width, height, width
    ):
        block_flops, block_params, block_activations = block_counts(block, entering, height * width)
        flops += count * block_flops
        params += count * block_params
        activations += count * block_activations
    if architecture.head.width:
        head = _convolution(architecture.stages[-1].width, architecture.head.width, 1, height * width)
        flops, params, activations = flops + head[0], params + head[1], activations + head[2]
    features = architecture.feature_width
    return Cost(
        flops=flops + features * num_classes,
        params=params + (features + 1) * num_classes,
        activations=activations + num_classes,
    )


def stem_counts(stem: Stem, in_channels: int, height: int, width: int) -> tuple[Counts, int, int]:
    """Return what the stem costs on an image of `height` x `width`, and the size of the feature map that leaves it."""
    height, width = after_stride(height, stem.stride), after_stride(width, stem.stride)
    counts = _convolution(in_channels, stem.width, stem.kernel_size, height * width)
    return counts, after_stride(height, stem.pool), after_stride(width, stem.pool)


def stage_counts(stage: Stage, in_width: int, height: int, width: int) -> tuple[Counts, int, int]:
    """Return what a stage costs, fed with `in_width` channels of `height` x `width`, and the size that leaves it."""
    counts = []
    for block, count, entering, leaving_height, leaving_width in placed_runs((stage,), in_width, height, width):
        counts += [block_counts(block, entering, leaving_height * leaving_width)] * count
    flops, params, activations = map(sum, zip(*counts, strict=True))
    return (flops, params, activations), leaving_height, leaving_width


@lru_cache(maxsize=262_144)
def block_counts(block: Block, entering: int, leaving: int) -> Counts:
    """Return flops, params and activations of a block from the pixels entering and leaving it."""
    parts = OPERATIONS[block.op](block, entering, leaving)
    if block.shortcut == "projection":
        parts.append(_convolution(block.in_width, block.out_width, 1, leaving))
    flops, params, activations = (sum(counts) for counts in zip(*parts, strict=True))
    return flops, params, activations


def _mbconv(block: Block, entering: int, leaving: int) -> list[Counts]:
    hidden = block.expanded_width or block.in_width
    parts = [
        _depthwise(hidden, block.kernel_size, leaving),
        _squeeze_excite(hidden, block.squeeze_width),
        _convolution(hidden, block.out_width, 1, leaving),
    ]
    if block.expanded_width:
        parts.append(_convolution(block.in_width, block.expanded_width, 1, entering))
    return parts


def _dsconv(block: Block, _entering: int, leaving: int) -> list[Counts]:
    return [
        _depthwise(block.in_width, block.kernel_size, leaving),
        _squeeze_excite(block.in_width, block.squeeze_width),
        _convolution(block.in_width, block.out_width, 1, leaving),
    ]


def _conv(block: Block, _entering: int, leaving: int) -> list[Counts]:
    return [
        _convolution(block.in_width, block.out_width, block.kernel_size, leaving),
        _squeeze_excite(block.out_width, block.squeeze_width),
    ]


def _bottleneck(block: Block, entering: int, leaving: int) -> list[Counts]:
    return [
        _convolution(block.in_width, block.expanded_width, 1, entering),
        _convolution(block.expanded_width, block.expanded_width, block.kernel_size, leaving),
        _convolution(block.expanded_width, block.out_width, 1, leaving),
    ]


def _basic(block: Block, _entering: int, leaving: int) -> list[Counts]:
    return [
        _convolution(block.in_width, block.out_width, block.kernel_size, leaving),
        _convolution(block.out_width, block.out_width, block.kernel_size, leaving),
    ]


def _convolution(in_width: int, out_width: int, kernel_size: int, pixels: int) -> Counts:
    weights = in_width * out_width * kernel_size**2
    return weights * pixels, weights + 2 * out_width, out_width * pixels


def _depthwise(width: int, kernel_size: int, pixels: int) -> Counts:
    weights = width * kernel_size**2
    return weights * pixels, weights + 2 * width, width * pixels


def _squeeze_excite(width: int, squeeze_width: int) -> Counts:
    """Two 1 x 1 convolutions on one pixel, the only ones with a bias; nothing where `squeeze_width` is 0."""
    weights = 2 * width * squeeze_width
    return (weights, weights + width + squeeze_width, width + squeeze_width) if squeeze_width else (0, 0, 0)


OPERATIONS: dict[str, Callable[[Block, int, int], list[Counts]]] = {
    "mbconv": _mbconv,
    "dsconv": _dsconv,
    "conv": _conv,
    "bottleneck": _bottleneck,
    "basic": _basic,
}

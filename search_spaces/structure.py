"""The blocks that stages resolve to, which cost, network and canonical key are all made from. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from search_spaces.stage import Stage


class Block(NamedTuple):
    """One layer of a stage with every width resolved; 0 stands for a part that is not there."""

    op: str
    kernel_size: int
    stride: int
    in_width: int
    expanded_width: int  # between the 1 x 1 convolutions; 0: no expansion convolution
    squeeze_width: int  # 0: no squeeze-and-excitation
    out_width: int
    shortcut: str  # "identity", "pool", "projection" or "none", after what the shapes allow


BlockRun = tuple[Block, int]  # a block and how many times it stands in a row
PlacedRun = tuple[Block, int, int, int, int]  # the same; pixels entering; height and width of what leaves


@lru_cache(maxsize=65_536)
def stage_runs(stage: Stage, in_width: int) -> tuple[BlockRun, ...]:
    """Resolve a stage fed with `in_width` channels into runs of equal blocks, at most two.

    Only the first block has the stage's stride and sees `in_width`; squeeze-and-excitation is relative to the
    *input* width of the block (EfficientNet, arXiv:1905.11946, official code).
    """
    first = _resolve(stage, in_width, stage.stride)
    rest = _resolve(stage, stage.width, 1)
    if stage.depth == 1:
        return ((first, 1),)
    if first == rest:
        return ((first, stage.depth),)
    return ((first, 1), (rest, stage.depth - 1))


def merge_runs(runs: list[BlockRun]) -> tuple[BlockRun, ...]:
    """Join neighbouring runs of the same block, so that equal networks have equal runs.

    Blocks with a stride stay apart: each sees another size, so that they do not cost the same.
    """
    merged: list[BlockRun] = []
    for block, count in runs:
        if merged and merged[-1][0] == block and block.stride == 1:
            merged[-1] = (block, merged[-1][1] + count)
        else:
            merged.append((block, count))
    return tuple(merged)


def after_stride(size: int, stride: int) -> int:
    """Return the side of a feature map behind a padded layer: the last pixels count, if fewer than the stride.

    >>> after_stride(7, 2)
    4
    """
    return -(-size // stride)


def placed_runs(stages: Iterable[Stage], in_width: int, height: int, width: int) -> Iterator[PlacedRun]:
    """Walk through stages fed with `in_width` channels of `height` x `width` pixels, run by run."""
    for stage in stages:
        for block, count in stage_runs(stage, in_width):
            entering, stride = height * width, block.stride
            if stride > 1:
                height, width = after_stride(height, stride), after_stride(width, stride)
            yield block, count, entering, height, width
        in_width = stage.width


def _resolve(stage: Stage, in_width: int, stride: int) -> Block:
    expanded = _expanded_width(stage, in_width)
    squeeze = max(1, int(in_width * stage.se_ratio)) if stage.se_ratio else 0
    shortcut = _shortcut(stage.skip, stride, in_width, stage.width)
    return Block(stage.op, stage.kernel_size, stride, in_width, expanded, squeeze, stage.width, shortcut)


def _expanded_width(stage: Stage, in_width: int) -> int:
    if stage.op == "bottleneck":
        return max(1, int(stage.width * stage.expansion_ratio))
    return max(1, int(in_width * stage.expansion_ratio)) if stage.expansion_ratio != 1 else 0


def _shortcut(skip: str, stride: int, in_width: int, out_width: int) -> str:
    """Return the shortcut the shapes allow.

    `identity` needs an unchanged shape. `pool` (MnasNet's third skip, whose details the paper leaves open) is the
    identity where the shape is unchanged; elsewhere average pooling by the stride, with zeros for new channels.
    `projection` (ResNet) is the identity there too; elsewhere a 1 x 1 convolution with the stride.
    """
    if skip == "none":
        return "none"
    if stride == 1 and in_width == out_width:
        return "identity"
    if skip == "projection":
        return "projection"
    return "pool" if skip == "pool" and out_width >= in_width else "none"

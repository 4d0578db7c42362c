"""A fully resolved convolutional network as immutable data: integers a network can be built from. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from search_spaces.checks import check_integer, check_number, check_one_of
from search_spaces.errors import InvalidInput
from search_spaces.stage import (
    ABSENT,
    OP_FIELDS,
    STRICT,
    Head,
    Op,
    Skip,
    Stage,
    Stem,
    absent_fields,
)
from search_spaces.structure import Block, BlockRun, merge_runs, stage_runs

__all__ = [
    "ABSENT",
    "OP_FIELDS",
    "STRICT",
    "Activation",
    "Architecture",
    "Head",
    "Op",
    "Skip",
    "Stage",
    "Stem",
    "absent_fields",
]

Activation = Literal["silu", "relu", "relu6", "hardswish"]
LARGEST_RESOLUTION, MOST_STAGES = 16_384, 1_024


@dataclass(frozen=True, kw_only=True, slots=True)
class Architecture:
    """A network, resolution included: the one kind of thing that is searched, scaled, trained and emitted.

    `resolution` is the input side in pixels, or (height, width) where they differ. `dropout` acts before the
    classifier; stochastic depth drops block i of n, counted from 0, at the rate drop_path * i / n.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str = field(default="unnamed", compare=False)
    resolution: int | tuple[int, int]
    stem: Stem
    stages: tuple[Stage, ...]
    head: Head
    activation: Activation = "silu"
    dropout: float = 0.0
    drop_path: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.resolution, int) and (type(self.resolution) is not tuple or len(self.resolution) != 2):
            raise InvalidInput("resolution", self.resolution, "pixels, or [height, width] in pixels")
        height, width = self.input_size
        check_integer("resolution", height, 1, LARGEST_RESOLUTION)
        check_integer("resolution", width, 1, LARGEST_RESOLUTION)
        if height == width:
            object.__setattr__(self, "resolution", height)
        if not 1 <= len(self.stages) <= MOST_STAGES:
            raise InvalidInput("stages", f"{len(self.stages)} stages", f"1 to {MOST_STAGES} stages")
        check_one_of("activation", self.activation, get_args(Activation))
        check_number("dropout", self.dropout, 0, 0.99)
        check_number("drop_path", self.drop_path, 0, 0.99)

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the input in pixels."""
        return (self.resolution, self.resolution) if isinstance(self.resolution, int) else self.resolution

    @property
    def runs(self) -> tuple[BlockRun, ...]:
        """The blocks in order, equal neighbours counted together; independent of how stages group them."""
        runs: list[BlockRun] = []
        in_width = self.stem.width
        for stage in self.stages:
            runs.extend(stage_runs(stage, in_width))
            in_width = stage.width
        return merge_runs(runs)

    @property
    def blocks(self) -> Iterator[Block]:
        """Every block in order, as the network builds them."""
        return (block for block, count in self.runs for _ in range(count))

    @property
    def block_count(self) -> int:
        """Number of blocks: what stochastic depth counts over."""
        return sum(stage.depth for stage in self.stages)

    @property
    def feature_width(self) -> int:
        """Channels entering the classifier."""
        return self.head.width or self.stages[-1].width

    @property
    def key(self) -> str:
        """Canonical text: equal for equal networks, whatever their name and however their stages are written.

        A skip that the shapes do not allow, or two stages that together are one, make no difference.
        """
        height, width = self.input_size
        stem = f"{height}x{width}-{self.stem.width}k{self.stem.kernel_size}s{self.stem.stride}"
        stem += "m" if self.stem.pool > 1 else ""
        blocks = "_".join(_run_key(block, count) for block, count in self.runs)
        regularization = f"d{self.dropout:g}p{self.drop_path:g}"
        return f"{stem}_{blocks}_h{self.head.width or 0}_{self.activation}_{regularization}"


SHORTCUT_LETTERS = {"identity": "i", "pool": "p", "projection": "c", "none": "n"}


def _run_key(block: Block, count: int) -> str:
    op, kernel, stride, _, expanded, squeeze, width, shortcut = block
    return f"{op}{count}k{kernel}s{stride}e{expanded}q{squeeze}w{width}{SHORTCUT_LETTERS[shortcut]}"

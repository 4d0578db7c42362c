"""A fully resolved convolutional network as immutable data: integers a network can be built from. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from search_spaces.errors import InvalidInput
from search_spaces.structure import Block, Run, merge_runs, stage_runs

Op = Literal["mbconv", "conv", "dsconv", "bottleneck", "basic"]
Skip = Literal["identity", "pool", "projection", "none"]
Activation = Literal["silu", "relu", "relu6", "hardswish"]

# the fields that not every operation has: what they are without a meaning, and the operations that have them
ABSENT: dict[str, int] = {"expansion_ratio": 1, "se_ratio": 0}
OP_FIELDS: dict[str, tuple[str, ...]] = {
    "mbconv": ("expansion_ratio", "se_ratio"),
    "conv": ("se_ratio",),
    "dsconv": ("se_ratio",),
    "bottleneck": ("expansion_ratio",),
    "basic": (),
}
STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
LARGEST_WIDTH, LARGEST_DEPTH, LARGEST_RESOLUTION, LARGEST_KERNEL, MOST_STAGES = 65_536, 4_096, 16_384, 63, 1_024


@dataclass(frozen=True, kw_only=True, slots=True)
class Stem:
    """The first convolution: `kernel_size` x `kernel_size`, `width` output channels, batch norm, activation.

    `pool` 2 adds ResNet's max pooling behind it, 3 x 3 with stride 2; 1 is none.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    width: int
    kernel_size: int = 3
    stride: int = 2
    pool: int = 1

    def __post_init__(self) -> None:
        _check_integer("width", self.width, 1, LARGEST_WIDTH)
        _check_kernel(self.kernel_size)
        _check_integer("stride", self.stride, 1, 4)
        _check_integer("pool", self.pool, 1, 2)

    @property
    def total_stride(self) -> int:
        """Input pixels along a side for each pixel that leaves the stem."""
        return self.stride * self.pool


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The 1 x 1 convolution before global pooling; `width` None leaves it out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    width: int | None

    def __post_init__(self) -> None:
        if self.width is not None:
            _check_integer("width", self.width, 1, LARGEST_WIDTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """`depth` equal blocks in a row; only the first one has the stride and changes the width.

    `mbconv` is the inverted bottleneck with a linear last convolution (MobileNetV2), `dsconv` the depthwise
    separable convolution with an activation after both parts (MobileNetV1), `conv` a plain convolution.
    `bottleneck` is 1 x 1, `kernel_size` x `kernel_size` with the stride, 1 x 1 (ResNet-50, the v1.5 of torchvision),
    `basic` two convolutions of `kernel_size` (ResNet-18); both have the last activation after the addition.

    `expansion_ratio` is the width between the 1 x 1 convolutions: relative to a block's input channels in `mbconv`
    (6 in MobileNetV2), to its *output* channels in `bottleneck` (0.25 in ResNet-50). `se_ratio` is relative to a
    block's input channels. A field that an operation does not have keeps its default (OP_FIELDS).

    `skip`: `identity` where the shape stays; where it changes, `pool` averages and pads with zeros, `projection` is a
    1 x 1 convolution and a batch norm (ResNet), `identity` and `none` are no shortcut.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    op: Op
    kernel_size: int = 3
    stride: int = 1
    expansion_ratio: int | float = 1
    se_ratio: int | float = 0
    skip: Skip = "identity"
    width: int
    depth: int

    def __post_init__(self) -> None:
        _check_one_of("op", self.op, get_args(Op))
        _check_kernel(self.kernel_size)
        _check_integer("stride", self.stride, 1, 4)
        _check_ratio("expansion_ratio", self.expansion_ratio, 1 / 64, 64)
        _check_ratio("se_ratio", self.se_ratio, 0, 1)
        for name, value in absent_fields(self.op).items():
            if getattr(self, name) != value:
                raise InvalidInput(name, getattr(self, name), f"{value} with op: {self.op}")
        _check_one_of("skip", self.skip, get_args(Skip))
        _check_integer("width", self.width, 1, LARGEST_WIDTH)
        _check_integer("depth", self.depth, 1, LARGEST_DEPTH)


def absent_fields(op: str) -> dict[str, int]:
    """Return the fields that an operation does not have, each with the only value it can take there.

    >>> absent_fields("bottleneck")
    {'se_ratio': 0}
    """
    return {name: value for name, value in ABSENT.items() if name not in OP_FIELDS[op]}


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
        _check_integer("resolution", height, 1, LARGEST_RESOLUTION)
        _check_integer("resolution", width, 1, LARGEST_RESOLUTION)
        if height == width:
            object.__setattr__(self, "resolution", height)
        if not 1 <= len(self.stages) <= MOST_STAGES:
            raise InvalidInput("stages", f"{len(self.stages)} stages", f"1 to {MOST_STAGES} stages")
        _check_one_of("activation", self.activation, get_args(Activation))
        _check_ratio("dropout", self.dropout, 0, 0.99)
        _check_ratio("drop_path", self.drop_path, 0, 0.99)

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the input in pixels."""
        return (self.resolution, self.resolution) if isinstance(self.resolution, int) else self.resolution

    @property
    def runs(self) -> tuple[Run, ...]:
        """The blocks in order, equal neighbours counted together; independent of how stages group them."""
        runs: list[Run] = []
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


def _check_integer(key: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise InvalidInput(key, value, f"an integer from {low} to {high}")


def _check_kernel(value: object) -> None:
    if type(value) is not int or value % 2 == 0 or not 1 <= value <= LARGEST_KERNEL:
        raise InvalidInput("kernel_size", value, f"an odd integer from 1 to {LARGEST_KERNEL}")


def _check_ratio(key: str, value: float, low: float, high: float) -> None:
    if type(value) not in (int, float) or not math.isfinite(value) or not low <= value <= high:
        raise InvalidInput(key, value, f"a number from {low:g} to {high:g}")


def _check_one_of(key: str, value: object, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise InvalidInput(key, value, accepted)

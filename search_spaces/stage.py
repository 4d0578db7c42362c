"""The parts of a network as immutable data: the stem, stages of equal blocks, the head. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from search_spaces.checks import check_integer, check_number, check_one_of
from search_spaces.errors import InvalidInput

Op = Literal["mbconv", "conv", "dsconv", "bottleneck", "basic"]
Skip = Literal["identity", "pool", "projection", "none"]

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
LARGEST_WIDTH, LARGEST_DEPTH, LARGEST_KERNEL = 65_536, 4_096, 63


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
        check_integer("width", self.width, 1, LARGEST_WIDTH)
        _check_kernel(self.kernel_size)
        check_integer("stride", self.stride, 1, 4)
        check_integer("pool", self.pool, 1, 2)

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
            check_integer("width", self.width, 1, LARGEST_WIDTH)


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
        check_one_of("op", self.op, get_args(Op))
        _check_kernel(self.kernel_size)
        check_integer("stride", self.stride, 1, 4)
        check_number("expansion_ratio", self.expansion_ratio, 1 / 64, 64)
        check_number("se_ratio", self.se_ratio, 0, 1)
        for name, value in absent_fields(self.op).items():
            if getattr(self, name) != value:
                raise InvalidInput(name, getattr(self, name), f"{value} with op: {self.op}")
        check_one_of("skip", self.skip, get_args(Skip))
        check_integer("width", self.width, 1, LARGEST_WIDTH)
        check_integer("depth", self.depth, 1, LARGEST_DEPTH)


def absent_fields(op: str) -> dict[str, int]:
    """Return the fields that an operation does not have, each with the only value it can take there.

    >>> absent_fields("bottleneck")
    {'se_ratio': 0}
    """
    return {name: value for name, value in ABSENT.items() if name not in OP_FIELDS[op]}


def _check_kernel(value: object) -> None:
    if type(value) is not int or value % 2 == 0 or not 1 <= value <= LARGEST_KERNEL:
        raise InvalidInput("kernel_size", value, f"an odd integer from 1 to {LARGEST_KERNEL}")

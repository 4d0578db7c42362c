"""A network as block strings in a YAML file: timm's `arch_def` or TensorFlow's `blocks_args`. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from search_spaces.architecture import STRICT, Activation, Architecture, Head, Stage, Stem
from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.request import Request
from search_spaces.exchange.export.timm_format import arch_def
from search_spaces.exchange.imports.arch_def import decode_arch_def
from search_spaces.exchange.imports.blocks_args import decode_blocks_args
from search_spaces.validation import validated

IMPORTED_KEYS = ("arch_def", "blocks_args")


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockStringFile:
    """The keys of such a file: those of an architecture, with strings in the place of `stages`.

    Exactly one of `arch_def`, a list of stages that are lists of strings (`ir_r2_k3_s2_e6_c24_se0.25`), and
    `blocks_args`, a list of strings (`r2_k3_s22_e6_i16_o24_se0.25`, or `s2`). The stem is by default 3 x 3 with
    stride 2 and 32 channels, or those that the first of `blocks_args` takes in; the head 1280 channels. Widths are
    taken as they are written.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str = "imported"
    arch_def: tuple[tuple[str, ...], ...] | None = None
    blocks_args: tuple[str, ...] | None = None
    activation: Activation
    resolution: int | tuple[int, int] = 224
    stem: Stem | None = None
    head: Head = field(default_factory=lambda: Head(width=1280))
    dropout: float = 0.0
    drop_path: float = 0.0


def parse_block_strings(content: dict[str, Any], default_name: str = "imported") -> Architecture:
    """Build the architecture that the strings describe; raises InvalidInput for what we cannot build exactly."""
    file = validated(BlockStringFile, {"name": default_name, **content})
    if (file.arch_def is None) == (file.blocks_args is None):
        raise InvalidInput("arch_def", file.arch_def, "arch_def or blocks_args, one of them")
    if file.arch_def is not None:
        stem = file.stem or Stem(width=32)
        return _assemble(file, stem, decode_arch_def(file.arch_def, file.activation), from_timm=True)
    in_width, stages = decode_blocks_args(file.blocks_args or ())
    stem = file.stem or Stem(width=in_width)
    if stem.width != in_width:
        raise InvalidInput("stem.width", stem.width, f"{in_width}, what the first of blocks_args takes in")
    return _assemble(file, stem, stages, from_timm=False)


def _assemble(file: BlockStringFile, stem: Stem, stages: tuple[Stage, ...], *, from_timm: bool) -> Architecture:
    architecture = Architecture(
        name=file.name,
        resolution=file.resolution,
        stem=stem,
        stages=stages,
        head=file.head,
        activation=file.activation,
        dropout=file.dropout,
        drop_path=file.drop_path,
    )
    if from_timm:
        arch_def(Request(architecture=architecture))  # refuses what timm would round to other widths
    return architecture

"""The abilities of an export format, and the refusal of what it cannot express, by field and reason. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search_spaces.architecture import Architecture, Stage
from search_spaces.errors import InvalidInput
from search_spaces.structure import Block, stage_runs


@dataclass(frozen=True, kw_only=True, slots=True)
class Abilities:
    """The networks a format has words for. A stem is 3 x 3 unless `stem_kernels` says more, its stride always 2."""

    title: str
    ops: tuple[str, ...]
    activations: tuple[str, ...]
    stem_kernels: tuple[int, ...] = (3,)
    strides: tuple[int, ...] = (1, 2)
    needs_head: bool = True
    can_skip_nothing: bool = True
    whole_expansion: bool = False


def check(architecture: Architecture, abilities: Abilities) -> None:
    """Raise InvalidInput for the first field that the format has no word for."""
    _check_whole(architecture, abilities)
    for index, stage, blocks in resolved_stages(architecture):
        key, title = f"stages.{index}", abilities.title
        require(stage.op in abilities.ops, f"{key}.op", stage.op, _known(title, abilities.ops))
        require(stage.stride in abilities.strides, f"{key}.stride", stage.stride, _known(title, abilities.strides))
        if abilities.whole_expansion:
            whole = stage.expansion_ratio == int(stage.expansion_ratio)
            require(whole, f"{key}.expansion_ratio", stage.expansion_ratio, f"a whole number: {title} reads no other")
        for block in blocks:
            _check_shortcut(block, f"{key}.skip", abilities)


def resolved_stages(architecture: Architecture) -> Iterator[tuple[int, Stage, list[Block]]]:
    """Yield the index of each stage, the stage, and its different blocks in order, at most two."""
    in_width = architecture.stem.width
    for index, stage in enumerate(architecture.stages):
        yield index, stage, [block for block, _ in stage_runs(stage, in_width)]
        in_width = stage.width


def stage_inputs(architecture: Architecture) -> Iterator[tuple[Stage, int]]:
    """Yield each stage with the width it is fed with."""
    in_width = architecture.stem.width
    for stage in architecture.stages:
        yield stage, in_width
        in_width = stage.width


def require(holds: bool, key: str, value: object, accepted: str) -> None:
    """Raise InvalidInput unless `holds`."""
    if not holds:
        raise InvalidInput(key, value, accepted)


def keeps_shape(block: Block) -> bool:
    """Tell whether what leaves a block has the shape of what enters it."""
    return block.stride == 1 and block.in_width == block.out_width


def _check_whole(architecture: Architecture, abilities: Abilities) -> None:
    title, stem = abilities.title, architecture.stem
    activation = architecture.activation
    require(activation in abilities.activations, "activation", activation, _known(title, abilities.activations))
    kernels = abilities.stem_kernels
    require(stem.kernel_size in kernels, "stem.kernel_size", stem.kernel_size, _known(title, kernels))
    require(stem.stride == 2, "stem.stride", stem.stride, f"2: {title} has a fixed stem")
    require(stem.pool == 1, "stem.pool", stem.pool, f"1: {title} has no pooling after the stem")
    head = architecture.head.width
    require(head is not None or not abilities.needs_head, "head.width", head, f"a width: {title} always has a head")


def _check_shortcut(block: Block, key: str, abilities: Abilities) -> None:
    known = block.shortcut in ("identity", "none")
    require(known, key, block.shortcut, f"identity or none: {abilities.title} has no other shortcut")
    if not abilities.can_skip_nothing:
        missing = keeps_shape(block) and block.shortcut == "none"
        require(not missing, key, "none", f"identity: {abilities.title} adds it wherever the shape stays")


def _known(title: str, values: tuple[object, ...]) -> str:
    return f"{', '.join(map(str, values))}, all that {title} has"

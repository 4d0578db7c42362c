"""What a supernet has to hold: for every place of a space the largest block that can stand there. No torch."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace, with_fields
from search_spaces.stage import Stage
from search_spaces.structure import Block, stage_runs
from trials.proxy import Proxy, apply_proxy

# fields of the whole network over which no weights can be shared, and why
UNSHAREABLE = {
    "activation": "weights trained with one activation say nothing about another",
    "dropout": "it is no part of the trained network, so all of its options would score the same",
    "drop_path": "it is no part of the trained network, so all of its options would score the same",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The sizes of all that is shared, as trained (after the proxy).

    `blocks` maps a place, such as `stage2_block0_mbconv`, to the largest block there; operations lie side by side.
    `projections` are the places with a convolution in their shortcut. `head_width` is None without a head,
    `plain_width` (channels entering a classifier that has no head before it) None where there always is one.
    """

    stem_width: int
    stem_kernel: int
    blocks: dict[str, Block]
    projections: frozenset[str]
    last_width: int
    head_width: int | None
    plain_width: int | None


def require_shareable(space: SearchSpace) -> None:
    """Raise InvalidInput for a space over which weights cannot be shared, with the reason."""
    for choice in space.choices:
        for name in {name for fields in choice.settings for name, _ in fields} & UNSHAREABLE.keys():
            accepted = f"one {name} for all networks of {space.name} with objective.name: shared ({UNSHAREABLE[name]})"
            raise InvalidInput(choice.name, list(choice.options), accepted)


def place(stage: int, position: int, op: str) -> str:
    """Return the name of the place of a block: the `position`-th of a stage, under one operation."""
    return f"stage{stage}_block{position}_{op}"


def layout_of(space: SearchSpace, proxy: Proxy) -> Layout:
    """Return the layout of the supernet over the proxies of all networks of a space.

    Raises InvalidInput where weights cannot be shared.
    """
    require_shareable(space)
    wholes = _wholes(space, proxy)
    blocks: dict[str, Block] = {}
    projections: set[str] = set()
    width = max(whole.stem.width for whole in wholes)
    for index in range(len(space.skeleton.stages)):
        forms = [None if form is None else _proxied(space, form, proxy) for form in space.forms_of(index)]
        for form in filter(None, forms):
            _take_in(blocks, index, form, width)
            projections |= {place(index, 0, form.op)} if form.skip == "projection" else set()
        width = max(width if form is None else form.width for form in forms)
    heads = [whole.head.width for whole in wholes]
    return Layout(
        stem_width=max(whole.stem.width for whole in wholes),
        stem_kernel=max(whole.stem.kernel_size for whole in wholes),
        blocks=blocks,
        projections=frozenset(projections),
        last_width=width,
        head_width=max((head for head in heads if head is not None), default=None),
        plain_width=width if None in heads else None,
    )


def _wholes(space: SearchSpace, proxy: Proxy) -> list[Architecture]:
    """Return the skeleton under every combination of the choices over the whole network, as trained."""
    choices = [choice for choice in space.choices if choice.stage is None]
    combinations = itertools.product(*(choice.settings for choice in choices))
    built = (with_fields(space.skeleton, dict(itertools.chain(*settings))) for settings in combinations)
    return [apply_proxy(architecture, proxy) for architecture in built]


def _proxied(space: SearchSpace, stage: Stage, proxy: Proxy) -> Stage:
    return apply_proxy(replace(space.skeleton, stages=(stage,)), proxy).stages[0]


def _take_in(blocks: dict[str, Block], index: int, stage: Stage, in_width: int) -> None:
    """Make every place of a stage large enough for this form of it; all sizes grow with `in_width`."""
    sequence = (block for block, count in stage_runs(stage, in_width) for _ in range(count))
    for position, block in enumerate(sequence):
        name = place(index, position, block.op)
        blocks[name] = largest([block, *([blocks[name]] if name in blocks else [])])


def largest(blocks: Iterable[Block]) -> Block:
    """Return a block of one operation that holds all the given ones as slices."""
    blocks = list(blocks)
    expands = any(block.expanded_width for block in blocks)
    return Block(
        op=blocks[0].op,
        kernel_size=max(block.kernel_size for block in blocks),
        stride=1,
        in_width=max(block.in_width for block in blocks),
        expanded_width=max(block.expanded_width or block.in_width for block in blocks) if expands else 0,
        squeeze_width=max(block.squeeze_width for block in blocks),
        out_width=max(block.out_width for block in blocks),
        shortcut="none",
    )

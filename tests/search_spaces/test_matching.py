"""Blocks matched to stages: every combination is found, none of another network, and no combination is tried twice."""

from __future__ import annotations

import itertools
from collections import Counter

from search_spaces.matching import match_stages
from search_spaces.stage import Stage
from search_spaces.structure import Block, stage_runs

Tables = dict[int, dict[tuple[Block, ...], str]]


def blocks_of(width: int, depth: int, in_width: int) -> tuple[Block, ...]:
    stage = Stage(op="conv", width=width, depth=depth)
    return tuple(block for block, count in stage_runs(stage, in_width) for _ in range(count))


def tables(options: dict[str, tuple[int, int]], in_width: int) -> Tables:
    """Return the sequences of options, each a (width, depth); of depth 0 the empty one."""
    found: Tables = {}
    for name, (width, depth) in options.items():
        sequence = blocks_of(width, depth, in_width) if depth else ()
        found.setdefault(depth, {}).setdefault(sequence, name)
    return found


STAGES = [
    {"thin": (8, 1), "wide": (16, 1), "none": (8, 0)},
    {"one": (16, 1), "two": (16, 2), "thin": (8, 1)},
    {"one": (16, 1), "three": (16, 3), "none": (16, 0)},
]


def test_options_are_found_that_give_the_same_blocks() -> None:
    for picked in itertools.product(*(stage.items() for stage in STAGES)):
        blocks: tuple[Block, ...] = ()
        for _, (width, depth) in picked:
            blocks += blocks_of(width, depth, blocks[-1].out_width if blocks else 3) if depth else ()
        found = match_stages(blocks, 3, len(STAGES), lambda index, width: tables(STAGES[index], width))
        assert found is not None
        again: tuple[Block, ...] = ()
        for stage, name in zip(STAGES, found, strict=True):
            width, depth = stage[name]
            again += blocks_of(width, depth, again[-1].out_width if again else 3) if depth else ()
        assert again == blocks


def test_blocks_of_no_combination_are_not_matched() -> None:
    for blocks in ((), blocks_of(8, 5, 3), blocks_of(24, 1, 3), blocks_of(16, 7, 3)):
        assert match_stages(blocks, 3, len(STAGES), lambda index, width: tables(STAGES[index], width)) is None


def test_deep_networks_are_matched_without_recursion_and_each_state_once() -> None:
    looked: Counter[int] = Counter()

    def table_of(index: int, in_width: int) -> Tables:
        looked[index] += 1
        return tables({"one": (8, 1), "two": (8, 2)}, in_width)

    blocks = blocks_of(8, 1650, 8)  # deeper than Python recurses
    assert match_stages((*blocks, *blocks_of(16, 1, 8)), 8, 1100, table_of) is None
    assert max(looked.values()) <= 2 * len(looked)

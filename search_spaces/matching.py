"""Which options of each stage give a network's sequence of blocks, found without recursion. No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from search_spaces.structure import Block

Options = TypeVar("Options")
Table = Mapping[int, Mapping[tuple[Block, ...], Options]]  # length -> sequence of blocks -> options that give it
State = tuple[int, int, int]  # a stage, how many blocks the stages before it matched, the width that it is fed with


def match_stages(
    blocks: tuple[Block, ...], in_width: int, stages: int, table_of: Callable[[int, int], Table[Options]]
) -> list[Options] | None:
    """Return options for each of `stages` that together give exactly `blocks`, the first of several; None if none do.

    `table_of(index, in_width)` says which sequences a stage can be. No state is tried twice: time grows with the
    number of states, not with that of combinations.
    """
    path: list[Options] = []
    ways = [_ways(blocks, (0, 0, in_width), stages, table_of)]
    seen: set[State] = set()  # either on the path, which no way leads back to, or without a way to the end
    while ways:
        step = next(ways[-1], None)
        if step is None:
            ways.pop()
            del path[-1:]
            continue
        state, options = step
        if state in seen:
            continue
        seen.add(state)
        path.append(options)
        if state[0] == stages:
            return path
        ways.append(_ways(blocks, state, stages, table_of))
    return None


def _ways(
    blocks: tuple[Block, ...], state: State, stages: int, table_of: Callable[[int, int], Table[Options]]
) -> Iterator[tuple[State, Options]]:
    """Yield the states that a stage can lead to, with its options; after the last stage no block may be left."""
    index, start, in_width = state
    for length, table in table_of(index, in_width).items():
        end = start + length
        options = table.get(blocks[start:end])
        if options is not None and (index + 1 < stages or end == len(blocks)):
            yield (index + 1, end, blocks[end - 1].out_width if length else in_width), options

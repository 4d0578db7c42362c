"""Which networks of a space are trained together in one step, so that every option has its fair share. No torch."""

from __future__ import annotations

import random
from collections.abc import Iterator

from search_spaces.search_space import Choice, Parameters, Scalar, SearchSpace

MOST_PATHS = 8


def paths_a_step(space: SearchSpace) -> int:
    """Return how many networks cover every option of every choice, at most 8."""
    return min(MOST_PATHS, max((len(choice.options) for choice in space.choices), default=1))


def fair_parameters(space: SearchSpace, count: int, rng: random.Random) -> list[Parameters]:
    """Return the options of `count` networks: for each choice its options in random order, again and again.

    So each option is trained as often as the others (strict fairness, arXiv:1907.01845), to within one network a step.
    """
    columns = {choice.name: list(_shuffled(choice, count, rng)) for choice in space.choices}
    return [{name: column[row] for name, column in columns.items()} for row in range(count)]


def _shuffled(choice: Choice, count: int, rng: random.Random) -> Iterator[Scalar]:
    for start in range(0, count, len(choice.options)):
        yield from rng.sample(choice.options, len(choice.options))[: count - start]

"""Which network to evaluate next: a search over the space for the greatest acquisition. No torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nas.predictor_features import Featurizer, Point

Array = NDArray[np.float64]
Score = Callable[[Sequence[Point], Array], Array]  # points, their features -> how much each is worth evaluating


def mutate(point: Point, sizes: Sequence[int], changes: int, rng: random.Random) -> Point:
    """Return the point with `changes` draws of a choice and another option of it."""
    options = list(point)
    for _ in range(changes):
        index = int(rng.random() * len(sizes))
        if sizes[index] > 1:
            options[index] = (options[index] + 1 + int(rng.random() * (sizes[index] - 1))) % sizes[index]
    return tuple(options)


def search(
    features: Featurizer,
    score: Score,
    starts: Sequence[Point],
    rng: random.Random,
    *,
    draws: int = 200,
    rounds: int = 4,
    parents: int = 6,
    children: int = 24,
) -> list[Point]:
    """Return points in falling order of `score`: random draws and `starts`, bred for some rounds.

    Each round mutates one to three choices of the best `parents` so far.
    """
    worth: dict[Point, float] = {}

    def take(points: Sequence[Point]) -> None:
        fresh = [point for point in dict.fromkeys(points) if point not in worth]
        if fresh:
            worth.update(zip(fresh, score(fresh, features(fresh)).tolist(), strict=True))

    take([*starts, *(features.sample(rng) for _ in range(draws))])
    for _ in range(rounds):
        best = sorted(worth, key=worth.__getitem__, reverse=True)[:parents]
        take([mutate(point, features.sizes, 1 + int(rng.random() * 3), rng) for point in best for _ in range(children)])
    return sorted(worth, key=worth.__getitem__, reverse=True)

"""The network to evaluate next: a search over the space for the greatest acquisition. No torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nas.samplers.cost_limits import CostLimit, excess
from nas.samplers.predictor.evidence import Evidence
from nas.samplers.predictor.features import Featurizer, Point, Points, Positions

Array = NDArray[np.float64]
Score = Callable[[Positions, Array], Array]  # [points, choices], their features -> how much each is worth evaluating


def mutate(points: Positions, sizes: Positions, changes: Positions, rng: np.random.Generator) -> Positions:
    """Return each point [points, choices] with `changes` [points] draws of a choice and another option of it."""
    mutants = points.copy()
    everyone = np.arange(len(points))
    for draw in range(int(changes.max(initial=0))):
        index = rng.integers(len(sizes), size=len(points))
        step = 1 + np.floor(rng.random(len(points)) * (sizes[index] - 1)).astype(np.intp)
        step[changes <= draw] = 0
        mutants[everyone, index] = (mutants[everyone, index] + step) % sizes[index]
    return mutants


def search(
    features: Featurizer | Evidence,
    score: Score,
    starts: Sequence[Point],
    rng: random.Random,
    *,
    draws: int = 200,
    rounds: int = 12,
    parents: int = 6,
    children: int = 24,
) -> Iterator[Point]:
    """Yield points in falling order of `score`: random draws and `starts`, bred for some rounds.

    Each round mutates one to three choices of the best `parents` so far.
    """
    sizes, generator = np.array(features.sizes, dtype=np.intp), np.random.default_rng(rng.getrandbits(64))
    known: set[bytes] = set()
    pool, worth = np.empty((0, len(sizes)), dtype=np.intp), np.empty(0)
    born = np.concatenate([np.array(starts, dtype=np.intp).reshape(-1, len(sizes)), _draw(sizes, draws, generator)])
    for _ in range(rounds + 1):
        fresh = _new(born, known)
        if len(fresh):
            pool, worth = np.concatenate([pool, fresh]), np.append(worth, score(fresh, features(fresh)))
        best = np.argsort(-worth, kind="stable")[:parents]
        families = np.repeat(pool[best], children, axis=0)
        born = mutate(families, sizes, generator.integers(1, 4, size=len(families)), generator)
    for position in np.argsort(-worth, kind="stable"):
        yield tuple(pool[position].tolist())


def within_first(
    features: Featurizer, draws: Sequence[Point], limits: Sequence[CostLimit], rng: random.Random
) -> Iterable[Point]:
    """Return points, those within the limits first; where none are, those that a search from there finds."""
    over = excess(features.costs(draws), limits)
    if limits and over.min() > 0:
        return search(features, lambda points, _: -excess(features.costs(points), limits), draws, rng)
    return [draws[i] for i in np.argsort(over, kind="stable")]


def bounded(worth: Array, features: Featurizer, points: Points, limits: Sequence[CostLimit]) -> Array:
    """Return the worth of points, [points]; what surely breaks a limit is worth less than all, the less the more."""
    if not limits:
        return worth
    over = excess(features.costs(points), limits)
    return np.where(over > 0, worth.min() - 1e3 * (1 + over), worth)


def _draw(sizes: Positions, count: int, rng: np.random.Generator) -> Positions:
    return np.floor(rng.random((count, len(sizes))) * sizes).astype(np.intp)


def _new(points: Positions, known: set[bytes]) -> Positions:
    """Return the points that are not known yet, each once, and know them."""
    kept = []
    for position, point in enumerate(points):
        if (name := point.tobytes()) not in known:
            known.add(name)
            kept.append(position)
    return points[kept]

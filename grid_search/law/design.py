"""Which shape to train next: a spread at first, then what narrows the answer most per second of training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grid_search.law.answer import shapes_asked
from grid_search.law.costs import CostModel
from grid_search.law.posterior import Law
from grid_search.law.spreading import farthest_points

Array = NDArray[np.float64]
RIVALS = 64  # draws whose best shapes the answer is held against
OVERHEAD = 0.25  # of a baseline's training: what any training costs, so that tiny ones do not always win


def fewest_shapes(axes: int) -> int:
    """Return how many networks a first spread takes: a level, and a slope and a curvature of each axis, and one more.

    >>> [fewest_shapes(axes) for axes in (1, 2, 3)]
    [4, 6, 8]
    """
    return 2 + 2 * axes


def first_shapes(pool: Array, costs: CostModel, count: int) -> list[int]:
    """Return positions of at most `count` shapes of `pool` [points, axes], far apart; the cheapest first.

    Distances are in parts of the log cost, from the shape nearest the middle on. What is spread over all axes and
    their corners tells the axes and their interactions apart.
    """
    places = pool * costs.linear
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    start = int(np.argmin(np.linalg.norm(places - middle, axis=1)))
    log_costs = costs(pool)
    return sorted(farthest_points(places, start, count), key=lambda place: (float(log_costs[place]), place))


def next_shapes(
    law: Law, pool: Array, seconds: Array, costs: CostModel, ratios: tuple[float, ...], count: int = 1
) -> list[int]:
    """Return positions of `count` shapes of `pool` whose trainings narrow the answers at `ratios` most per second.

    `seconds` [points] is what each training takes, in trainings of the baseline. What is to be narrowed is how much
    better other shapes of the asked costs may be than the answer: the variance of that difference, over the rivals
    that the draws hold best, which an observation takes away (by covariances over the draws, as in a Kalman filter).
    """
    doubts = np.concatenate([_doubts(law, costs, ratio) for ratio in ratios], axis=1)
    values = law.draw(pool)
    values = values - values.mean(axis=0)
    noise = float(np.mean(law.noise**2))
    chosen: list[int] = []
    for _ in range(min(count, len(pool))):
        shared = doubts.T @ values / len(values)  # [rivals, pool]
        variance = (values**2).mean(axis=0) + noise
        worth = (shared**2).sum(axis=0) / variance / (seconds + OVERHEAD)
        worth[chosen] = -np.inf
        place = int(np.argmax(worth))
        chosen.append(place)
        seen = values[:, [place]] / variance[place]
        learnt = (values[:, [place]] * values).mean(axis=0)
        doubts = doubts - seen @ shared[:, [place]].T
        values = values - seen * learnt
    return chosen


def _doubts(law: Law, costs: CostModel, ratio: float) -> Array:
    """Return how much better rivals are than the answer, less its mean, [draws, rivals]."""
    shapes = shapes_asked(costs, ratio)
    values = law.draw(shapes)
    answer = int(np.argmax(values.mean(axis=0)))
    rivals = np.argmax(values, axis=1)[:: max(1, len(values) // RIVALS)]
    doubts = values[:, rivals] - values[:, [answer]]
    return np.asarray(doubts - doubts.mean(axis=0))

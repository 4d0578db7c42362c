"""What a law answers at one cost: the best shape with intervals, its accuracy with a band, the regret of others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid_search.law.costs import CostModel, directions, shapes_at_cost
from grid_search.law.posterior import Law

Array = NDArray[np.float64]
CREDIBILITY = 0.9
LATTICE = {1: 1, 2: 60, 3: 20}  # steps of the shares over the axes


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Answer:
    """The best shape at one cost. Shapes are logarithms of multipliers; accuracies are in the unit of the law's.

    `low` and `high` [axes] bound each multiplier of the best shape with 90 % probability: the shortest interval that
    does, stretched to the answer. `band` bounds the accuracy of the answer. `regret` is how much better, on average
    over the draws, the best shape of a draw is than the answer: what more trainings could still bring.
    """

    ratio: float
    shape: Array
    low: Array
    high: Array
    accuracy: float
    band: tuple[float, float]
    regret: float


def shapes_asked(costs: CostModel, ratio: float) -> Array:
    """Return the shapes of one cost among which the best is sought, [points, axes]."""
    axes = len(costs.linear)
    return shapes_at_cost(costs, directions(axes, LATTICE[axes]), ratio)


def answer(law: Law, costs: CostModel, ratio: float) -> Answer:
    """Return the best shape that costs `ratio` baselines.

    The answer is the shape of the greatest mean, which of all has the smallest expected regret; the intervals are
    the shortest that hold 90 % of where the draws have their best. Where that lies at an end, as for an axis that is
    better left alone, quantiles of 5 and 95 % would hold more than they say.
    """
    shapes = shapes_asked(costs, ratio)
    values = law.draw(shapes)
    chosen = int(np.argmax(values.mean(axis=0)))
    best = shapes[np.argmax(values, axis=1)]
    tails = ((1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2)
    low, high = shortest_interval(best, CREDIBILITY)
    lower, upper = np.quantile(values[:, chosen], tails).tolist()
    return Answer(
        ratio=ratio,
        shape=shapes[chosen],
        low=np.minimum(low, shapes[chosen]),
        high=np.maximum(high, shapes[chosen]),
        accuracy=float(values[:, chosen].mean()),
        band=(lower, upper),
        regret=float((values.max(axis=1) - values[:, chosen]).mean()),
    )


def shortest_interval(values: Array, share: float) -> tuple[Array, Array]:
    """Return the ends of the shortest interval that holds a share of `values` [draws, axes], for each axis.

    >>> low, high = shortest_interval(np.array([[0.0], [0.0], [0.0], [1.0], [9.0]]), 0.8)
    >>> low.tolist(), high.tolist()
    ([0.0], [1.0])
    """
    ordered = np.sort(values, axis=0)
    held = math.ceil(share * len(ordered) - 1e-9)
    lows, highs = ordered[: len(ordered) - held + 1], ordered[held - 1 :]
    first = np.argmin(highs - lows, axis=0)[None]
    return np.take_along_axis(lows, first, axis=0)[0], np.take_along_axis(highs, first, axis=0)[0]

"""Cost as a smooth function of the shape, and the shapes of one cost. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FARTHEST = 6.0  # logarithm of a multiplier
STEPS = 40


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class CostModel:
    """log(cost / the baseline's) as a quadratic of the logarithms of multipliers.

    `linear` [axes] are the exponents at the baseline (about 1, 2, 2 for multiply-adds); `quadratic` [axes, axes] how
    they change; `error` the standard deviation of what is left, relative. `steps` is what comes on top along one axis.
    """

    linear: Array
    quadratic: Array
    error: float
    steps: Steps | None = None

    def __call__(self, shapes: Array) -> Array:
        """Return log cost in baselines of `shapes` [points, axes]."""
        smooth = shapes @ self.linear + np.einsum("pi,ij,pj->p", shapes, self.quadratic, shapes)
        return np.asarray(smooth if self.steps is None else smooth + self.steps(shapes))


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Steps:
    """What a smooth model misses along one axis: cost grows in steps with resolution, as maps have whole pixels.

    At `sizes` [places], ascending, the logarithm of the cost is greater by `excess` [places], 0 at the baseline;
    between them it is interpolated.
    """

    axis: int
    sizes: Array
    excess: Array

    def __call__(self, shapes: Array) -> Array:
        """Return what is to be added to the log cost of `shapes` [points, axes], [points]."""
        return np.asarray(np.interp(shapes[:, self.axis], self.sizes, self.excess))


def fit_cost(shapes: Array, costs: Array, *, stepped: int | None = None) -> CostModel:
    """Fit measured `costs` [points] of `shapes` [points, axes], the baseline at 0, by least squares.

    The second order is left out where there are fewer than twice as many networks as it has numbers. Along the axis
    `stepped` the mean of what is left at each size is kept too, where the second order is.
    """
    logarithms = np.log(costs)
    axes = shapes.shape[1]
    rows, columns = np.triu_indices(axes)
    second = shapes[:, rows] * shapes[:, columns]
    ones = np.ones((len(shapes), 1))
    enough = len(shapes) >= 2 * (1 + axes + len(rows))
    matrix = np.hstack([ones, shapes, second] if enough else [ones, shapes])
    found = np.linalg.lstsq(matrix, logarithms, rcond=None)[0]
    quadratic = np.zeros((axes, axes))
    quadratic[rows, columns] = found[axes + 1 :] if enough else 0.0
    left = logarithms - matrix @ found
    steps = None
    if stepped is not None and enough:
        steps = _mean_steps(shapes, left, stepped)
        left = left - steps(shapes)
    return CostModel(linear=found[1 : axes + 1], quadratic=quadratic, error=float(np.std(left)), steps=steps)


def _mean_steps(shapes: Array, left: Array, axis: int) -> Steps:
    """Return the mean of what is `left` [points] at each size along an axis, above that at the baseline."""
    sizes, places = np.unique(shapes[:, axis].round(9), return_inverse=True)
    means = np.bincount(places, left) / np.bincount(places)
    return Steps(axis=axis, sizes=sizes, excess=means - np.interp(0.0, sizes, means))


def directions(axes: int, steps: int) -> Array:
    """Return shares of the log cost over the axes, a lattice of the simplex, [points, axes].

    >>> directions(2, 2).tolist()
    [[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]
    """
    whole = (shares for shares in product(range(steps + 1), repeat=axes) if sum(shares) == steps)
    return np.array(list(whole), dtype=np.float64) / steps


def shapes_at_cost(model: CostModel, shares: Array, ratio: float) -> Array:
    """Return, for each row of `shares`, the shape [points, axes] in that direction that costs `ratio` baselines.

    Every multiplier is at least 1 where the ratio is, and at most 1 below.
    """
    target = abs(np.log(ratio))
    sign = 1.0 if ratio >= 1 else -1.0
    way = shares / model.linear
    low, high = np.zeros(len(shares)), np.full(len(shares), FARTHEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        below = sign * model(sign * middle[:, None] * way) < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(sign * low[:, None] * way)

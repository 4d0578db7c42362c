"""Statistics that both stages need: noise pooled over groups, what is beyond it, the Pareto front. No torch."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CONFIDENCE = 0.95


def pooled_sd(counts: Array, variances: Array) -> tuple[float, int]:
    """Return the standard deviation within groups, pooled, and its degrees of freedom; NaN and 0 where there are none.

    `counts` are the sizes of the groups, `variances` theirs (divided by n - 1), both [groups].

    >>> pooled_sd(np.array([2.0, 1.0, 2.0]), np.array([2.0, np.nan, 2.0])) == (math.sqrt(2), 2)
    True
    """
    repeated = counts > 1
    freedom = int((counts[repeated] - 1).sum())
    if not freedom:
        return math.nan, 0
    return math.sqrt(float(((counts[repeated] - 1) * variances[repeated]).sum()) / freedom), freedom


def margin_of_difference(noise: float, freedom: int, first: int, second: int) -> float:
    """Return half the width of the 95 % interval of a difference of two means of `first` and `second` values each.

    Two-sided t with a pooled standard deviation `noise`; infinite where that is not known.

    >>> round(margin_of_difference(1.0, 10, 2, 2), 3)
    2.228
    """
    return _margin(noise, freedom, 1 / first + 1 / second)


def margin_of_mean(noise: float, freedom: int, count: int) -> float:
    """Return half the width of the 95 % interval of a mean of `count` values; infinite where there is none.

    >>> round(margin_of_mean(1.0, 10, 4), 3)
    1.114
    """
    return _margin(noise, freedom, 1 / count) if count else math.inf


def _margin(noise: float, freedom: int, variance: float) -> float:
    """Return the margin of what has `variance` times that of one value."""
    if not freedom:
        return math.inf
    from scipy.stats import t

    return float(t.ppf((1 + CONFIDENCE) / 2, freedom)) * noise * math.sqrt(variance)


def mean_interval(values: Array) -> tuple[float, float, float]:
    """Return the mean of values [N] and the ends of its 95 % interval (two-sided t); NaN ends where N is below 2.

    >>> [round(value, 3) for value in mean_interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    mean = float(values.mean())
    if len(values) < 2:
        return mean, math.nan, math.nan
    from scipy.stats import t

    margin = float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - margin, mean + margin


def front_mask(costs: Array, values: Array) -> NDArray[np.bool_]:
    """Return the mask of what nothing else beats in value without costing more; of equals, the first.

    >>> front_mask(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.4, 0.6])).tolist()
    [True, False, True]
    """
    order = np.lexsort((-values, costs))
    best_before = np.concatenate([[-np.inf], np.maximum.accumulate(values[order])[:-1]])
    mask = np.zeros(len(costs), dtype=np.bool_)
    mask[order] = values[order] > best_before[: len(costs)]
    return mask

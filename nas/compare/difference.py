"""The difference of two networks over several seeds, with a confidence interval. No torch."""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Mean of `first` less mean of `second`, its 95 % interval and the p-value of no difference.

    NaN where fewer than two values of either are known. Values that never vary are taken as exact: the interval is the
    difference itself.
    """

    mean: float
    low: float
    high: float
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Compare two samples by Welch's t, which takes neither equal variances nor equal sizes for granted.

    >>> difference([0.75, 0.5], [0.25, 0.25]).mean
    0.375
    """
    if not first or not second:
        return Difference(mean=math.nan, low=math.nan, high=math.nan, p_value=math.nan)
    mean = statistics.fmean(first) - statistics.fmean(second)
    if min(len(first), len(second)) < 2:
        return Difference(mean=mean, low=math.nan, high=math.nan, p_value=math.nan)
    if len(set(first)) == len(set(second)) == 1:
        return Difference(mean=mean, low=mean, high=mean, p_value=math.nan)
    from scipy.stats import ttest_ind

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # one of them may be constant, which Welch's t allows
        test = ttest_ind(first, second, equal_var=False)
    interval = test.confidence_interval(CONFIDENCE)
    return Difference(mean=mean, low=float(interval.low), high=float(interval.high), p_value=float(test.pvalue))

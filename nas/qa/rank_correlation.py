"""Rank correlation (Kendall's tau) of cheap figures with an expensive one, with bootstrap intervals. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trials.statistics import pooled_sd

Array = NDArray[np.float64]
RESAMPLES = 1000
FEWEST = 4
FEWEST_FOR_INTERVAL = 8  # of four, every resample that has a tau at all is the sample itself
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A figure and its 95 % interval; NaN where too few networks are known (8 for an interval)."""

    value: float
    low: float
    high: float


def kendall_tau(first: Array, second: Array) -> float:
    """Return tau-b of two samples, over the networks for which both are known; NaN for fewer than four.

    (1 + tau) / 2 is the share of pairs that both order alike, where there are no ties.

    >>> kendall_tau(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0, 3.0])).__round__(3)
    0.667
    """
    from scipy.stats import kendalltau

    known = np.isfinite(first) & np.isfinite(second)
    if len(np.unique(np.column_stack([first, second])[known], axis=0)) < FEWEST:
        return math.nan
    return float(kendalltau(first[known], second[known]).statistic)


def agreements(target: Array, predictors: Mapping[str, Array]) -> tuple[dict[str, Estimate], dict[str, Array]]:
    """Return tau of every predictor [networks] against `target` [networks], and its resampled values.

    The intervals are a percentile bootstrap over networks. All predictors are resampled alike, so that the difference
    of two of the returned arrays [resamples] is that of the same networks.
    """
    rng = np.random.default_rng(0)
    drawn = [rng.integers(len(target), size=len(target)) for _ in range(RESAMPLES)]
    counts = np.array([np.bincount(places, minlength=len(target)) for places in drawn], dtype=np.float64)
    resampled = {name: _resampled(values, target, counts) for name, values in predictors.items()}
    estimates = {name: estimate(kendall_tau(values, target), resampled[name]) for name, values in predictors.items()}
    return estimates, resampled


def _resampled(first: Array, second: Array, counts: Array) -> Array:
    """Return `resampled_taus`; NaN alone where an interval of them would say nothing."""
    if (np.isfinite(first) & np.isfinite(second)).sum() < FEWEST_FOR_INTERVAL:
        return np.full(len(counts), math.nan)
    return resampled_taus(first, second, counts)


def resampled_taus(first: Array, second: Array, counts: Array) -> Array:
    """Return `kendall_tau` of resamples of two samples; `counts` [resamples, networks]: how often each was drawn.

    A pair of networks drawn i and j times is i * j pairs of the resample, so that all resamples are one product.
    """
    known = np.isfinite(first) & np.isfinite(second)
    counts, pairs = counts[:, known], np.column_stack([first, second])[known]
    ours, theirs = (np.sign(column[:, None] - column) for column in pairs.T)

    def total(signs: Array) -> Array:
        summed: Array = np.einsum("rn,rn->r", counts @ signs, counts)
        return summed

    _, groups = np.unique(pairs, axis=0, return_inverse=True)
    drawn_groups = counts @ (groups.reshape(-1, 1) == np.arange(len(pairs))) > 0
    untied = np.sqrt(total(np.abs(ours)) * total(np.abs(theirs)))
    defined = (drawn_groups.sum(axis=1) >= FEWEST) & (untied > 0)
    return np.where(defined, total(ours * theirs) / np.where(defined, untied, 1), math.nan)


def estimate(value: float, resampled: Array) -> Estimate:
    """Return a figure with the interval of its resampled values, those that could be computed."""
    known = resampled[np.isfinite(resampled)]
    if math.isnan(value) or not len(known):
        return Estimate(value=value, low=math.nan, high=math.nan)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Estimate(value=value, low=float(low), high=float(high))


def noise_sd(groups: Sequence[Sequence[float]]) -> float:
    """Return the standard deviation within groups, pooled over those of two values and more; NaN without any.

    >>> noise_sd([[1.0, 3.0], [5.0], [10.0, 12.0]]) == math.sqrt(2)
    True
    """
    repeated = [np.asarray(group, dtype=np.float64) for group in groups if len(group) > 1]
    counts, variances = [float(len(group)) for group in repeated], [float(group.var(ddof=1)) for group in repeated]
    return pooled_sd(np.array(counts), np.array(variances))[0]

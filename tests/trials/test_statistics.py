from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from trials.statistics import front_mask, margin_of_mean, pooled_sd


def test_pooled_noise_is_that_of_an_analysis_of_variance() -> None:
    rng = np.random.default_rng(0)
    groups = [rng.normal(mean, 0.3, size) for mean, size in ((1, 5), (4, 2), (9, 7))]
    counts, variances = np.array([len(g) for g in groups], float), np.array([g.var(ddof=1) for g in groups])
    sd, freedom = pooled_sd(counts, variances)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups)
    assert (sd, freedom) == (pytest.approx(math.sqrt(within / 11)), 11)
    two, _ = pooled_sd(counts[:2], variances[:2])
    difference = groups[0].mean() - groups[1].mean()
    t = difference / (two * math.sqrt(1 / 5 + 1 / 2))
    assert t == pytest.approx(stats.ttest_ind(groups[0], groups[1]).statistic)


def test_without_repeats_there_is_no_noise() -> None:
    sd, freedom = pooled_sd(np.array([1.0, 1.0]), np.array([np.nan, np.nan]))
    assert math.isnan(sd)
    assert freedom == 0


def test_nothing_on_the_front_is_beaten_and_all_else_is() -> None:
    rng = np.random.default_rng(1)
    costs, values = rng.integers(1, 9, 60).astype(float), rng.integers(-50, 50, 60).astype(float)
    mask = front_mask(costs, values)
    for index in range(60):
        rivals = [o for o in range(60) if o != index and costs[o] <= costs[index] and values[o] >= values[index]]
        better = [o for o in rivals if (costs[o], values[o]) != (costs[index], values[index]) or o < index]
        assert mask[index] == (not better)


def test_values_below_minus_one_count_too() -> None:
    assert front_mask(np.array([1.0, 2.0]), np.array([-50.0, -20.0])).tolist() == [True, True]
    assert front_mask(np.array([]), np.array([])).tolist() == []


def test_the_margin_of_a_mean_is_that_of_a_t_interval() -> None:
    values = np.random.default_rng(2).normal(size=5)
    low, high = stats.t.interval(0.95, 4, loc=values.mean(), scale=stats.sem(values))
    assert margin_of_mean(float(values.std(ddof=1)), 4, 5) == pytest.approx((high - low) / 2)
    assert margin_of_mean(1.0, 4, 0) == margin_of_mean(1.0, 0, 3) == math.inf

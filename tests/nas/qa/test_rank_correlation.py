from __future__ import annotations

import math

import numpy as np
import pytest

from nas.qa.rank_correlation import FEWEST_FOR_INTERVAL, agreements, kendall_tau, noise_sd, resampled_taus


def test_tau_counts_pairs() -> None:
    """Of the six pairs of four networks one is turned round: (5 - 1) / 6."""
    assert kendall_tau(np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 3, 4])) == pytest.approx(4 / 6)


def test_what_did_not_finish_is_left_out_and_three_are_too_few() -> None:
    target = np.array([1.0, 2, np.nan, 4, 5])
    assert kendall_tau(np.array([1.0, 2, 0, 4, 5]), target) == 1
    assert math.isnan(kendall_tau(np.array([1.0, 2, 0, 4, np.nan]), target))


def test_resampled_networks_count_once() -> None:
    """Four draws of two networks are two networks, not a perfect order of six pairs."""
    assert math.isnan(kendall_tau(np.array([1.0, 1, 2, 2]), np.array([1.0, 1, 2, 2])))


@pytest.mark.parametrize("size", [4, 5, 24])
def test_resamples_have_the_tau_of_scipy(size: int) -> None:
    rng = np.random.default_rng(size)
    first, second = rng.integers(0, 9, size=(2, size)).astype(float)  # with ties
    first[-1] = math.nan
    drawn = rng.integers(size, size=(200, size))
    expected = [kendall_tau(first[places], second[places]) for places in drawn]
    counts = np.array([np.bincount(places, minlength=size) for places in drawn], dtype=float)
    np.testing.assert_allclose(resampled_taus(first, second, counts), expected, atol=1e-12)
    assert np.isnan(expected).any() == (size < 24)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """For normals of correlation r, tau is 2/pi asin(r); 20 samples of 24, of which 2 may miss at 95 %."""
    rng = np.random.default_rng(1)
    truth, held = 2 / math.pi * math.asin(0.7), 0
    for _ in range(20):
        pair = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=24)
        found = agreements(pair[:, 0], {"proxy": pair[:, 1]})[0]["proxy"]
        assert found.low <= found.value <= found.high
        held += found.low <= truth <= found.high
    assert held >= 17


def test_all_predictors_see_the_same_resamples() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=12)
    _, resampled = agreements(rng.normal(size=12), {"one": values, "other": 2 * values})
    np.testing.assert_array_equal(resampled["one"], resampled["other"])


def test_noise_is_pooled_over_the_repeated() -> None:
    rng = np.random.default_rng(0)
    groups = [list(rng.normal(mean, 0.01, size=3)) for mean in np.linspace(0, 1, 400)]
    assert noise_sd([*groups, [5.0]]) == pytest.approx(0.01, rel=0.1)
    assert math.isnan(noise_sd([[1.0], []]))


def test_few_networks_have_a_tau_and_no_interval() -> None:
    values = np.arange(float(FEWEST_FOR_INTERVAL))
    few, enough = (agreements(some, {"proxy": some})[0]["proxy"] for some in (values[1:], values))
    assert few.value == 1
    assert math.isnan(few.low) and math.isnan(few.high)
    assert (enough.low, enough.high) == (1, 1)

from __future__ import annotations

import numpy as np
import pytest

from grid_search.law.kernel import Scales, basis, covariance, expected, prior_of_scales, weights_prior

SHAPES = np.array([[0.0, 0.0], [0.5, -0.3], [1.0, 0.2]])


def scales(samples: int = 2) -> Scales:
    mean, spread = prior_of_scales(2)
    return Scales.of(mean + spread * np.random.default_rng(0).standard_normal((samples, len(mean))))


def test_a_gain_is_a_power_law_with_slope_1_at_the_baseline() -> None:
    one = scales(1)
    rate = one.saturation[0, 0]
    gains = basis(np.array([[1e-6, 0.0], [0.7, 0.0]]), one)[0, :, 1]
    assert gains[0] == pytest.approx(1e-6, rel=1e-4)
    assert gains[1] == pytest.approx((1 - 2.0137527**-rate) / rate, rel=1e-5)  # a multiplier of exp(0.7)


def test_the_covariance_is_that_of_functions_drawn() -> None:
    one = scales(1)
    random = np.random.default_rng(1)
    mean, spread = weights_prior(2, one)
    weights = mean + spread * random.standard_normal((200_000, len(mean)))
    drawn = weights @ basis(SHAPES, one)[0].T
    smooth = covariance(SHAPES, SHAPES, one)[0] - one.roughness[0] ** 2 * np.exp(
        -0.5 * ((SHAPES[:, None] - SHAPES) ** 2).sum(axis=2) / one.reach[0] ** 2
    )
    np.testing.assert_allclose(np.cov(drawn.T), smooth, rtol=0.03, atol=0.03)
    np.testing.assert_allclose(drawn.mean(axis=0), expected(SHAPES, one)[0], atol=0.03)


def test_samples_are_taken_together() -> None:
    many = scales(4)
    taken = many.take(np.array([3, 1]))
    np.testing.assert_array_equal(covariance(SHAPES, SHAPES, taken), covariance(SHAPES, SHAPES, many)[[3, 1]])

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import approx_fprime
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct

from nas.samplers.predictor.gaussian_process import (
    CONSTANT,
    JITTER,
    Scales,
    _negative_log_likelihood,
    condition,
    fit_scales,
)


def made_scales() -> Scales:
    return Scales(weights=np.full(3, 0.2), curvature=0.0, rough=0.5, reach=0.7, noise=0.05)


def test_the_posterior_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    features, values, new = rng.normal(size=(40, 6)), rng.normal(size=40), rng.normal(size=(10, 6))
    groups, scales = np.arange(6) // 2, made_scales()
    # our stationary part is over the same weighted distance: scaled inputs give scikit-learn the plain kernels
    scaled, scaled_new = features * np.sqrt(0.2), new * np.sqrt(0.2)
    theirs = GaussianProcessRegressor(
        ConstantKernel(CONSTANT) + DotProduct(sigma_0=0) + ConstantKernel(0.5) * RBF(np.sqrt(0.7)),
        alpha=0.05 + JITTER,
        optimizer=None,
        normalize_y=True,
    ).fit(scaled, values)
    mean, sd = condition(features, values, groups, scales).mean_and_sd(new)
    expected_mean, expected_sd = theirs.predict(scaled_new, return_std=True)
    np.testing.assert_allclose(mean, expected_mean, rtol=1e-6)
    np.testing.assert_allclose(sd, expected_sd, rtol=1e-5)


def test_the_gradient_of_the_likelihood_is_that_of_differences() -> None:
    rng = np.random.default_rng(1)
    features, target, groups = rng.normal(size=(25, 6)), rng.normal(size=25), np.arange(6) // 2
    vector = np.log([0.1, 0.5, 0.9, 0.3, 0.5, 1.2, 0.2])

    def loss(point: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        return _negative_log_likelihood(features, target, groups, Scales.of(point))[0]

    ours = _negative_log_likelihood(features, target, groups, Scales.of(vector))[1]
    np.testing.assert_allclose(ours, approx_fprime(vector, loss, 1e-6), atol=1e-4)


def test_fitted_scales_find_the_group_that_matters() -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(80, 6))
    values = features[:, 2] + 2 * features[:, 3] + 0.1 * rng.normal(size=80)
    prior = Scales(weights=np.full(3, 0.2), curvature=0.05, rough=0.5, reach=0.7, noise=0.05)
    weights = fit_scales(features, values, np.arange(6) // 2, prior, width=1.5, steps=50)[0].weights
    assert weights[1] > 5 * max(weights[0], weights[2])

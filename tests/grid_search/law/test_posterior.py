from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from grid_search.law.kernel import JITTER, Scales, covariance, expected, prior_of_scales
from grid_search.law.posterior import fit_law, log_likelihood
from tests.grid_search.law.laws import fitted, observed, problem


def test_the_likelihood_is_that_of_a_normal_vector() -> None:
    shapes, accuracies = observed(problem(), 8)
    mean, spread = prior_of_scales(3)
    samples = mean + spread * np.random.default_rng(0).standard_normal((3, len(mean)))
    one = Scales.of(samples)
    matrices = covariance(shapes, shapes, one)
    expected_densities = []
    for place in range(3):
        matrix = matrices[place].copy()
        matrix += (one.noise[place] ** 2 + JITTER * (1 + matrix.diagonal().max())) * np.eye(8)
        expected_densities.append(multivariate_normal(expected(shapes, one)[place], matrix).logpdf(accuracies))
    found = log_likelihood(shapes, accuracies, samples)
    np.testing.assert_allclose(np.diff(found), np.diff(expected_densities), rtol=1e-6)


@pytest.mark.parametrize("name", ["power laws", "power laws that help each other", "effective size"])
def test_networks_that_were_not_trained_are_foretold(name: str) -> None:
    one = problem(name)
    values = fitted(one, 20).draw(one.shapes)
    error = np.sqrt(np.mean((values.mean(axis=0) - one.accuracies) ** 2))
    assert error < 0.15 * one.accuracies.std()
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    assert ((low <= one.accuracies) & (one.accuracies <= high)).mean() > 0.7


def test_more_noise_is_more_doubt() -> None:
    one = problem()
    quiet, loud = (fitted(one, 16, noise) for noise in (0.05, 1.5))
    assert np.median(loud.noise) > 3 * np.median(quiet.noise)
    assert loud.draw(one.best[None]).std() > 2 * quiet.draw(one.best[None]).std()


def test_repeats_tell_the_noise() -> None:
    shapes, accuracies = observed(problem(), 6, noise=0.0)
    scatter = 0.5 * np.random.default_rng(3).standard_normal(24)
    law = fit_law(np.tile(shapes, (4, 1)), np.tile(accuracies, 4) + scatter)
    assert 0.3 < np.median(law.noise) < 0.8


def test_the_same_networks_give_the_same_law() -> None:
    one = problem()
    np.testing.assert_array_equal(fitted(one).draw(one.shapes), fitted(one).draw(one.shapes))
    other = fit_law(*observed(one, 16), seed=1)
    assert not np.array_equal(other.draw(one.shapes), fitted(one).draw(one.shapes))


def test_equal_accuracies_are_no_crash() -> None:
    shapes, _ = observed(problem(), 8)
    assert np.isfinite(fit_law(shapes, np.full(8, 50.0)).draw(shapes)).all()

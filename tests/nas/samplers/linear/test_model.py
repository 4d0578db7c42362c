from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau
from sklearn.linear_model import BayesianRidge

from nas.samplers.linear.model import FEWEST, fit_linear, fit_rewards
from search_spaces.cost import estimate_cost
from search_spaces.search_space import Parameters
from search_spaces.space_file import load_space

SPACE = load_space("efficientnet")
LUCK = 0.3  # sd of what a single network is given beside what it is worth, in units of the worth's own


def networks(count: int, seed: int = 0) -> list[Parameters]:
    rng = random.Random(seed)
    return [SPACE.encode(SPACE.sample(rng)) for _ in range(count)]


def worth(network: Parameters) -> float:
    """Return something smooth of a network: more parameters and larger kernels are better."""
    kernels = sum(network[f"stages.{stage}.kernel_size"] for stage in range(7))
    return 0.3 * float(np.log(estimate_cost(SPACE.decode(network)).params)) + 0.02 * kernels


def test_the_luck_of_single_networks_is_left_out() -> None:
    judged = networks(150)
    true = np.array([worth(network) for network in judged])
    luck = LUCK * true.std() * np.random.default_rng(0).standard_normal(len(true))
    model = fit_rewards(SPACE, judged, list(np.exp(true + luck)))
    assert model is not None
    smoothed = [model(network) for network in judged]
    assert kendalltau(true, smoothed)[0] > kendalltau(true, true + luck)[0] + 0.05
    unseen = networks(100, seed=1)
    assert kendalltau([worth(network) for network in unseen], [model(network) for network in unseen])[0] > 0.8


def test_fewer_than_eight_networks_have_no_model() -> None:
    judged = networks(FEWEST - 1)
    assert fit_rewards(SPACE, judged * 3, [1.0] * 3 * len(judged)) is None


def test_it_is_the_library_s_regression_of_logarithms() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((30, 4))
    rewards = np.exp(features @ [0.1, 0.2, 0.0, -0.3] + 0.01 * rng.standard_normal(30))
    other = BayesianRidge().fit(features, np.log(rewards))
    model = fit_linear(features, rewards)
    assert model.mean(features) == pytest.approx(other.predict(features))
    assert model.rewards(features) == pytest.approx(np.exp(other.predict(features)))


def test_rewards_below_zero_are_fitted_as_they_are() -> None:
    features = np.eye(10)
    rewards = np.linspace(-1, 1, 10)
    model = fit_linear(features, rewards)
    assert model.rewards(features) == pytest.approx(BayesianRidge().fit(features, rewards).predict(features))


def test_draws_scatter_as_the_posterior_does() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((20, 3))
    model = fit_linear(features, np.exp(0.1 * features[:, 0] + 0.05 * rng.standard_normal(20)))
    draws = np.array([model.drawn(rng).weights for _ in range(4000)])
    assert draws.mean(axis=0) == pytest.approx(model.weights, abs=0.002)
    assert np.cov(draws.T) == pytest.approx(model.covariance, abs=2e-5)


def test_a_draw_does_not_change_with_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((20, 40))  # more columns than networks: of many directions nothing is known
    model = fit_linear(features, np.exp(0.1 * features[:, 0]))
    noise = np.spacing(model.covariance) * rng.integers(-1, 2, model.covariance.shape)
    nearly = replace(model, covariance=model.covariance + (noise + noise.T) / 2)
    first, second = (one.drawn(np.random.default_rng(1)).weights for one in (model, nearly))
    assert second == pytest.approx(first, rel=1e-6, abs=1e-9)

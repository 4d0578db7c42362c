"""The reward as a linear function of a network's features: what remains of it when each network's own luck is left out.

Shared weights misjudge single networks: two that hardly differ may have quite different losses. What is common to many
networks (another block in this stage, another kernel in that one) is judged better than each of them. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import Featurizer
from search_spaces.search_space import SearchSpace

Array = NDArray[np.float64]
FEWEST = 8  # networks; below that there is nothing to fit
SMOOTHED = "smoothed"  # a network's reward by the model of all, in tables
MODELLED = ("shared",)  # the objectives of which it decides


@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """The posterior of a Bayesian ridge regression: `weights` [columns], their covariance, and the constant.

    `logarithmic` says that it speaks of the logarithm of rewards, in which accuracy and cost are added.
    """

    weights: Array
    covariance: Array
    constant: float
    logarithmic: bool

    def mean(self, features: Array) -> Array:
        """Return what is expected of networks, [networks], in the unit that was fitted."""
        return np.asarray(features @ self.weights + self.constant)

    def drawn(self, rng: np.random.Generator) -> LinearModel:
        """Return a model whose weights are drawn from the posterior."""
        # not by eigenvectors: of directions that no network tells of they are any, and change with the last bit
        weights = rng.multivariate_normal(self.weights, self.covariance, method="cholesky")
        return replace(self, weights=weights)

    def rewards(self, features: Array) -> Array:
        """Return the rewards that are expected of networks, [networks]."""
        return np.exp(self.mean(features)) if self.logarithmic else self.mean(features)


def fit_linear(features: Array, rewards: Sequence[float] | Array) -> LinearModel:
    """Return the model of rewards [networks], given features [networks, columns].

    Its scales are those of greatest evidence (MacKay 1992; scikit-learn's BayesianRidge).
    """
    from sklearn.linear_model import BayesianRidge

    values = np.asarray(rewards, dtype=np.float64)
    logarithmic = bool((values > 0).all())
    fitted = BayesianRidge().fit(features, np.log(values) if logarithmic else values)
    return LinearModel(
        weights=np.asarray(fitted.coef_),
        covariance=np.asarray(fitted.sigma_),
        constant=float(fitted.intercept_),
        logarithmic=logarithmic,
    )


class RewardModel:
    """What a linear model of judged networks (options by choice) says of any network of their space."""

    def __init__(self, featurizer: Featurizer, model: LinearModel) -> None:
        self._featurizer = featurizer
        self._model = model

    def __call__(self, network: Mapping[str, Any]) -> float:
        """Return the reward expected of a network."""
        return float(self._model.rewards(self._featurizer([self._featurizer.point(network)]))[0])


def fit_rewards(
    space: SearchSpace, networks: Sequence[Mapping[str, Any]], rewards: Sequence[float]
) -> RewardModel | None:
    """Return the model of the rewards of networks (options by choice); None where they are too few."""
    featurizer = Featurizer(space)
    points = [featurizer.point(network) for network in networks]
    if len(set(points)) < FEWEST:
        return None
    return RewardModel(featurizer, fit_linear(featurizer(points), rewards))

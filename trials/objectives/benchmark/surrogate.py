"""Gradient boosting that answers for the whole space from some measured networks. No torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from search_spaces.architecture import Architecture
from search_spaces.search_space import SearchSpace

if TYPE_CHECKING:
    from sklearn.ensemble import GradientBoostingRegressor

Figures = tuple[str, ...]
Array = NDArray[np.float64]
MEMBERS = 4


@dataclass(frozen=True, kw_only=True)
class Surrogate:
    """An ensemble per figure; its prediction is the mean of its members, in the unit of the figure."""

    space: SearchSpace
    members: Mapping[str, Sequence[GradientBoostingRegressor]]
    _known: dict[str, dict[str, float]] = field(default_factory=dict, repr=False, compare=False)

    def predict(self, architectures: Sequence[Architecture]) -> dict[str, Array]:
        """Return figure -> [networks]; a network asked before is not computed again."""
        keys = [architecture.key for architecture in architectures]
        missing = {key: network for key, network in zip(keys, architectures, strict=True) if key not in self._known}
        if missing:
            self._learn(missing)
        return {name: np.array([self._known[key][name] for key in keys]) for name in self.members}

    def _learn(self, missing: Mapping[str, Architecture]) -> None:
        features = surrogate_features(self.space, list(missing.values()))
        columns = {name: _mean_prediction(members, features) for name, members in self.members.items()}
        for position, key in enumerate(missing):
            self._known[key] = {name: float(column[position]) for name, column in columns.items()}


def fit_surrogate(space: SearchSpace, architectures: Sequence[Architecture], figures: Mapping[str, Array]) -> Surrogate:
    """Fit one ensemble for each figure, [networks]; a network whose figure is NaN is left out of that figure."""
    features = surrogate_features(space, architectures)
    members = {
        name: [_fit(features[~np.isnan(column)], column[~np.isnan(column)], seed) for seed in range(MEMBERS)]
        for name, column in figures.items()
    }
    return Surrogate(space=space, members=members)


def surrogate_features(space: SearchSpace, architectures: Sequence[Architecture]) -> Array:
    """Return [networks, choices]: the option of every choice, as a number.

    Nothing that a searcher could know better than the choices, such as cost, is a feature: a benchmark must not
    favour the searcher that thinks in the same features.
    """
    rows: list[dict[str, Any]] = [dict(space.encode(architecture)) for architecture in architectures]
    return np.array([[float(value) for value in row.values()] for row in rows], dtype=np.float64)


def _fit(features: Array, target: Array, seed: int) -> GradientBoostingRegressor:
    from sklearn.ensemble import GradientBoostingRegressor

    model = GradientBoostingRegressor(
        n_estimators=1500, learning_rate=0.04, max_depth=4, subsample=0.5, max_features=0.5, random_state=seed
    )
    return model.fit(features, target)


def _mean_prediction(members: Sequence[GradientBoostingRegressor], features: Array) -> Array:
    return np.asarray(np.mean([member.predict(features) for member in members], axis=0), dtype=np.float64)


def split_halves(count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the positions of two random halves, the first to be searched and the second to score."""
    order = np.random.default_rng(seed).permutation(count)
    return order[: count // 2], order[count // 2 :]


def label_noise(run_seed: int, architecture: Architecture, sd: float) -> float:
    """Return one draw of N(0, sd) that depends on nothing but `run_seed` and the network."""
    digest = hashlib.sha256(architecture.key.encode()).digest()
    entropy = [run_seed, *np.frombuffer(digest, dtype=np.uint32).tolist()]
    return float(np.random.default_rng(np.random.SeedSequence(entropy)).normal(0.0, sd))

"""Which choices of a space matter for the reward: an additive model, with intervals. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search_spaces.search_space import Choice, SearchSpace
from trials.statistics import CONFIDENCE

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

FEWEST = 12  # networks
STRENGTHS = np.logspace(-1, 3, 13)  # of the ridge
RESAMPLES = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """How far a choice moves the reward: the standard deviation of its effect over the networks, and its interval."""

    choice: str
    size: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Importance:
    """The effects, largest first, and the share of the reward's variance the model tells of networks left out."""

    effects: tuple[Effect, ...]
    explained: float


def importance(done: pd.DataFrame, space: SearchSpace, seed: int = 0) -> Importance | None:
    """Fit reward = sum of an effect for each option (ridge regression, its strength by leave-one-out).

    Intervals are percentiles of a bootstrap over networks. None where there are too few networks, or nothing differs.
    An additive model misses what choices do together; `explained` says how much it misses.
    """
    from sklearn.linear_model import RidgeCV

    table = done[np.isfinite(done["value"].to_numpy(dtype=np.float64))]
    values = table["value"].to_numpy(dtype=np.float64)
    if len(values) < FEWEST or not values.std():
        return None
    columns = {choice.name: _indicators(table, choice) for choice in space.choices}
    columns = {name: column for name, column in columns.items() if column.shape[1] > 1}
    features = np.hstack(list(columns.values()))
    spread = float(values.std())
    model = RidgeCV(alphas=STRENGTHS).fit(features, values / spread)
    sizes = _sizes(features, np.asarray(model.coef_), columns)
    random = np.random.default_rng(seed)
    fits = (_resampled(features, values / spread, model.alpha_, random) for _ in range(RESAMPLES))
    drawn = np.array([_sizes(features, coefficients, columns) for coefficients in fits])
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=0)
    effects = [
        Effect(choice=name, size=spread * sizes[i], low=spread * low[i], high=spread * high[i])
        for i, name in enumerate(columns)
    ]
    return Importance(
        effects=tuple(sorted(effects, key=lambda effect: -effect.size)),
        explained=max(0.0, 1 + float(model.best_score_)),
    )


def _indicators(table: pd.DataFrame, choice: Choice) -> Array:
    """Return 1 where a network has an option, [networks, options that occur]."""
    column = table[choice.name].to_numpy()
    marks = [np.array([value is option or value == option for value in column]) for option in choice.options]
    return np.array([mark for mark in marks if mark.any()], dtype=np.float64).T


def _resampled(features: Array, values: Array, strength: float, random: np.random.Generator) -> Array:
    """Return the coefficients of the ridge on networks drawn with replacement."""
    weights = np.bincount(random.integers(len(values), size=len(values)), minlength=len(values)).astype(np.float64)
    centre = features - np.average(features, axis=0, weights=weights)
    shifted = values - np.average(values, weights=weights)
    weighted = centre * weights[:, None]
    gram = weighted.T @ centre + strength * np.eye(features.shape[1])
    return np.asarray(np.linalg.solve(gram, weighted.T @ shifted), dtype=np.float64)


def _sizes(features: Array, coefficients: Array, columns: dict[str, Array]) -> Array:
    ends = np.cumsum([column.shape[1] for column in columns.values()])
    starts = [0, *ends[:-1]]
    return np.array(
        [(features[:, a:b] @ coefficients[a:b]).std() for a, b in zip(starts, ends, strict=True)], dtype=np.float64
    )

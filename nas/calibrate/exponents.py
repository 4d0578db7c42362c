"""The exponent of the soft reward, fitted to finished trials: what does twice the cost buy? No torch.

MnasNet (arXiv:1807.11626) chose w so that the networks of the accuracy-cost front are rewarded alike: where accuracy
grows like cost^s along the front, accuracy * cost^w is level for w = -s.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nas.config import NasExperiment
from nas.finished_search import candidates_of
from search_spaces.errors import InvalidInput
from trials.accounting import require_accuracy
from trials.statistics import front_mask
from trials.study.attributes import DUPLICATE_OF
from trials.study.report import trials_table

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
Span = tuple[float, float]
FEWEST_ON_FRONT = 3
RESAMPLES = 1000
FEWEST_RESAMPLES = 0.9  # share of the resamples that must have a front to fit
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Exponent:
    """w fitted between two costs: `trials` lie there, `on_front` of them on the front.

    `w` is NaN where the front has fewer than three networks, and the 95 % interval where resampling often has.
    """

    low_cost: float
    high_cost: float
    trials: int
    on_front: int
    w: float
    low: float
    high: float

    @property
    def doubling(self) -> float:
        """Relative accuracy that twice the cost buys: 0.05 is 5 % more of what there was, not 5 points."""
        return float(2**-self.w - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """The exponent over all costs and within each octave of them (a factor of 2), cheapest first."""

    cost_name: str
    overall: Exponent
    octaves: tuple[Exponent, ...]


def calibrate_experiment(experiment: NasExperiment, out: Path) -> Calibration:
    """Fit w to the finished candidates of an experiment, by the cost its reward charges.

    Raises InvalidInput where nothing was searched, no such cost was recorded, or too few candidates finished.
    """
    require_accuracy(experiment, "nas calibrate")
    table = trials_table(candidates_of(experiment, out))
    cost_name = experiment.reward.cost
    if cost_name not in table:
        raise InvalidInput("reward.cost", cost_name, "a cost that the finished trials have")
    costs, accuracies = _finished(table, cost_name)
    return calibrate(costs, accuracies, cost_name=cost_name, anchor=float(experiment.reward.target))


def _finished(table: pd.DataFrame, cost_name: str) -> tuple[Array, Array]:
    done = table[(table["state"] == "complete") & table[DUPLICATE_OF].isna()]
    return done[cost_name].to_numpy(dtype=np.float64), done["val_accuracy"].to_numpy(dtype=np.float64)


def calibrate(costs: Array, accuracies: Array, *, cost_name: str = "flops", anchor: float = 400e6) -> Calibration:
    """Fit w to costs [networks] and accuracies [networks]; octaves begin at `anchor` times powers of 2.

    The intervals are a bootstrap over the networks, the front found anew in each resample. A front of noisy accuracies
    is one of lucky networks: w errs where it has few. Raises InvalidInput where fewer than three lie on the front.
    """
    usable = np.isfinite(costs) & np.isfinite(accuracies) & (costs > 0) & (accuracies > 0)
    costs, accuracies = costs[usable], accuracies[usable]
    on_front = front_mask(costs, accuracies)
    if on_front.sum() < FEWEST_ON_FRONT:
        accepted = f"at least {FEWEST_ON_FRONT} on the front of accuracy against {cost_name}: evaluate more candidates"
        raise InvalidInput("candidates", f"{on_front.sum()} networks", accepted)
    whole = (float(costs.min()), float(np.nextafter(costs.max(), math.inf)))
    spans = [whole, *itertools.pairwise(_octaves(costs, anchor))]
    fitted = fit(costs, accuracies, spans)
    overall, *octaves = (
        Exponent(
            low_cost=span[0],
            high_cost=span[1],
            trials=int(_within(costs, span).sum()),
            on_front=int((on_front & _within(costs, span)).sum()),
            w=float(w),
            low=low,
            high=high,
        )
        for span, w, (low, high) in zip(spans, fitted, intervals(costs, accuracies, spans), strict=True)
    )
    return Calibration(cost_name=cost_name, overall=overall, octaves=tuple(octaves))


def fit(costs: Array, accuracies: Array, spans: Sequence[Span]) -> Array:
    """Return w [spans] of the front within each span of costs, NaN where it has fewer than three networks."""
    on_front = front_mask(costs, accuracies)
    costs, accuracies = costs[on_front], accuracies[on_front]
    inside = [_within(costs, span) for span in spans]
    return np.array([_negative_slope(costs[mask], accuracies[mask]) for mask in inside])


def intervals(costs: Array, accuracies: Array, spans: Sequence[Span]) -> list[Span]:
    """Return the 95 % interval of w for each span, NaN where resamples often have no front to fit."""
    from scipy.stats import bootstrap

    def fitted(drawn: NDArray[np.int64]) -> Array:
        present = np.unique(drawn)
        return fit(costs[present], accuracies[present], spans)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # resamples without a front to fit: told by the NaN
        result = bootstrap(
            (np.arange(len(costs)),),
            fitted,
            vectorized=False,
            n_resamples=RESAMPLES,
            method="percentile",
            random_state=np.random.default_rng(0),
        )
    return [_central(drawn) for drawn in result.bootstrap_distribution]


def _central(drawn: Array) -> Span:
    known = drawn[np.isfinite(drawn)]
    if len(known) < FEWEST_RESAMPLES * len(drawn):
        return math.nan, math.nan
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def _within(costs: Array, span: Span) -> NDArray[np.bool_]:
    low, high = span
    return (costs >= low) & (costs < high)


def _negative_slope(costs: Array, accuracies: Array) -> float:
    """Return w of the least-squares line log accuracy = a - w * log cost, NaN for fewer than three points."""
    if len(costs) < FEWEST_ON_FRONT:
        return math.nan
    x = np.log(costs) - np.log(costs).mean()
    return -float(x @ np.log(accuracies) / (x @ x))


def _octaves(costs: Array, anchor: float) -> Sequence[float]:
    """Return the edges anchor * 2^k that cover all costs."""
    first = math.floor(math.log2(costs.min() / anchor))
    last = math.floor(math.log2(costs.max() / anchor)) + 1
    return [anchor * 2.0**power for power in range(first, last + 1)]

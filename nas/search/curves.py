"""Trainings stopped where their curve says that they will not be the best: measured on the first ones. No torch.

The first trainings of a study run to their end. A line through their values after an epoch and at the end then
foretells the end of a later training; its residuals are the noise, of seeds and of curves that cross. A training that
goes on does so from where it is: nothing is trained twice. Where curves foretell little, the interval is wide and
nothing is stopped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np
from optuna.pruners import BasePruner
from optuna.trial import TrialState

from nas.qa.rank_correlation import kendall_tau

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

FIRST = 8  # trainings to their end
CONFIDENCE = 0.975  # one-sided


@dataclass(frozen=True, kw_only=True, slots=True)
class Extrapolation:
    """The end of a training by its value on the way: a line and half the width of a prediction interval."""

    slope: float
    intercept: float
    margin: float

    def highest(self, value: float) -> float:
        """Return the upper end of the interval."""
        return self.intercept + self.slope * value + self.margin


def extrapolation(values: Sequence[float], ends: Sequence[float]) -> Extrapolation:
    """Return the least-squares line from values on the way to those at the end, both of at least three trainings.

    >>> found = extrapolation([0.1, 0.2, 0.3], [0.5, 0.6, 0.7])
    >>> round(found.slope, 6), round(found.intercept, 6), round(found.margin, 6)
    (1.0, 0.4, 0.0)
    """
    from scipy.stats import t

    seen, known = np.asarray(values, dtype=np.float64), np.asarray(ends, dtype=np.float64)
    spread, freedom = float(((seen - seen.mean()) ** 2).sum()), len(seen) - 2
    slope = float(((seen - seen.mean()) * (known - known.mean())).sum()) / spread if spread else 0.0
    intercept = float(known.mean() - slope * seen.mean())
    residual = math.sqrt(float(((known - intercept - slope * seen) ** 2).sum()) / freedom)
    margin = float(t.ppf(CONFIDENCE, freedom)) * residual * math.sqrt(1 + 1 / len(seen))
    return Extrapolation(slope=slope, intercept=intercept, margin=margin)


class CurvePruner(BasePruner):
    """Stop a training whose foretold end lies below the best one so far, by the 95 % interval of the first eight.

    All that is compared stands in the study, so a run that was interrupted goes on as it would have.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        """Tell whether `trial` ends after its last reported epoch."""
        epoch = trial.last_step
        if epoch is None or epoch >= self.epochs:
            return False
        trained = trained_to_the_end(study.get_trials(deepcopy=False))
        first = [one for one in trained[:FIRST] if epoch in one.intermediate_values]
        if len(first) < FIRST:
            return False
        found = extrapolation([one.intermediate_values[epoch] for one in first], [_end(one) for one in first])
        return found.highest(trial.intermediate_values[epoch]) < max(map(_end, trained))


def trained_to_the_end(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """Return the trials that ended well and told values on the way, by number."""
    return [
        trial
        for trial in trials
        if trial.state == TrialState.COMPLETE and trial.intermediate_values and math.isfinite(_end(trial))
    ]


def stops_told(trials: Sequence[FrozenTrial], epochs: int) -> str:
    """Say how many trainings were stopped early, how much that saved, and how well the curves foretold the ends."""
    stopped = [trial.last_step for trial in trials if trial.state == TrialState.PRUNED and trial.intermediate_values]
    steps = [step for step in stopped if step is not None]
    trained = trained_to_the_end(trials)
    if len(trained) < FIRST:
        return f"no training was stopped early: that begins after {FIRST} whole ones"
    if not steps:
        return f"no training was stopped early: none fell behind what the curves of the first {FIRST} allow"
    count, epoch = len(steps) + len(trained), median_low(steps)
    saved = sum(epochs - step for step in steps) / (count * epochs)
    tau = _agreement(trained[:FIRST], epoch)
    return (
        f"{len(steps)} of {count} trainings were stopped early, after epoch {epoch} of {epochs} as a rule, which saved "
        f"{saved:.0%} of the time; there the first {FIRST} were ranked as at their end with Kendall's tau {tau:+.2f}"
    )


def _agreement(trained: Sequence[FrozenTrial], epoch: int) -> float:
    reported: list[Mapping[int, float]] = [trial.intermediate_values for trial in trained]
    on_the_way = np.array([values.get(epoch, math.nan) for values in reported], dtype=np.float64)
    return kendall_tau(on_the_way, np.array([_end(trial) for trial in trained], dtype=np.float64))


def _end(trial: FrozenTrial) -> float:
    return math.nan if trial.value is None else trial.value

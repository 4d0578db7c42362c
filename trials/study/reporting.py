"""Rewards on the way: recorded in the study, and the trials that its pruner ends. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import optuna

from search_spaces.cost import Cost
from search_spaces.errors import InvalidInput
from trials.study.candidate import Candidate, Metrics, Stopped
from trials.study.internals import has_reported
from trials.study.leases import Leases

Stops = Callable[[optuna.Trial, Candidate, int, float], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reporter:
    """Record what evaluations report of a study's trials; `stops` decides where the study has several objectives."""

    study: optuna.Study
    leases: Leases
    value_of: Callable[[Metrics, Cost], Sequence[float]]
    stops: Stops | None

    def report(self, trial: optuna.Trial, candidate: Candidate, step: int, value: float) -> None:
        """Record the reward of an accuracy on the way. Raises Stopped where the study's pruner ends the trial.

        In a study of several objectives, where Optuna has no such thing, `stops` records and decides. Nothing is
        recorded where the reward charges what only a finished trial tells.
        """
        if self.stops is not None and self.stops(trial, candidate, step, value):
            raise Stopped
        if len(self.study.directions) > 1:
            return
        try:
            reward = self.value_of({"val_accuracy": value}, candidate.cost)[0]
        except InvalidInput:
            return
        if not has_reported(trial, step):  # an earlier attempt may have come this far
            trial.report(reward, step)
            self.leases.progress(candidate.trial_id)
        if trial.should_prune():
            raise Stopped

"""Trials ended in a study: with their values, with a reason, or as another one with the same network. No torch."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from search_spaces.cost import Cost
from search_spaces.errors import InvalidInput
from trials.study.attributes import COLUMNS, DUPLICATE_OF, OVER_LIMIT, TRIALS
from trials.study.candidate import Metrics, Outcome
from trials.study.internals import one_write, storage_of, trial_id_of
from trials.study.leases import Leases

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorder:
    """Writes how trials end. Each method returns the trial, None where another process ended it first."""

    study: Study
    leases: Leases
    value_of: Callable[[Metrics, Cost], Sequence[float]]

    def judged(self, trial: Trial, cost: Cost, outcome: Outcome) -> Outcome:
        """Return the outcome, or a failure with the reason where its metrics make no finite value of a trial."""
        if outcome.failure is not None or outcome.stopped:
            return outcome
        try:
            self._values(trial, cost, outcome)
        except (InvalidInput, ArithmeticError, TypeError, LookupError) as error:
            return Outcome(failure=str(error), seconds=outcome.seconds)
        return outcome

    def keep(self, trial: Trial, outcome: Outcome) -> None:
        """Write an outcome into a trial that is to end later."""
        with contextlib.suppress(UpdateFinishedTrialError), one_write(trial):
            for name, value in outcome.as_attributes().items():
                trial.set_user_attr(name, value)

    def complete(self, trial: Trial, cost: Cost, outcome: Outcome) -> FrozenTrial | None:
        """End a trial with the value(s) of an outcome that was judged; it fails where that is a failure."""
        if outcome.failure is not None or outcome.stopped:
            return self.end(trial, TrialState.FAIL if outcome.failure is not None else TrialState.PRUNED)
        return self.end(trial, TrialState.COMPLETE, self._values(trial, cost, outcome))

    def end_like(self, trial: Trial, other: FrozenTrial) -> FrozenTrial | None:
        """End a trial as the one with the same network did."""
        trial.set_user_attr(DUPLICATE_OF, other.number)
        return self.end(trial, other.state, other.values if other.state == TrialState.COMPLETE else None)

    def withdraw(self, trial_id: int) -> None:
        """End a trial that was one too many."""
        storage_of(self.study).set_trial_user_attr(trial_id, OVER_LIMIT, TRIALS)
        self.leases.drop(trial_id)
        storage_of(self.study).set_trial_state_values(trial_id, state=TrialState.FAIL)

    def end(self, trial: Trial, state: TrialState, values: Sequence[float] | None = None) -> FrozenTrial | None:
        """End a trial in a state."""
        self.leases.drop(trial_id_of(trial))
        try:
            return self.study.tell(trial, values=values, state=state)
        except (ValueError, UpdateFinishedTrialError):
            return None

    def _values(self, trial: Trial, cost: Cost, outcome: Outcome) -> Sequence[float]:
        """Return the value(s) of a trial. Raises InvalidInput where they or the metrics' names cannot be recorded."""
        for name in outcome.metrics:
            if name in COLUMNS or name in trial.params:
                raise InvalidInput(f"metrics.{name}", outcome.metrics[name], "another name: tables have such a column")
        values = self.value_of(outcome.metrics, cost)
        if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
            raise InvalidInput("reward", values, "finite numbers")
        return values

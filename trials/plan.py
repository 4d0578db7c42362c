"""Trials whose list is known beforehand: references, grid candidates, repeats. No torch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

PLANNED = "planned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A trial to come: the name that tells it from all others, its parameters and what else is known of it."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


def enqueue_missing(study: optuna.Study, plan: Iterable[Planned]) -> int:
    """Enqueue every planned trial that the study does not hold yet, in order.

    Returns the number of planned trials that the study then holds, which is the budget of its ledger.
    """
    known = {trial.user_attrs.get(PLANNED) for trial in study.get_trials(deepcopy=False)}
    for item in plan:
        if item.name not in known:
            known.add(item.name)
            study.enqueue_trial(dict(item.parameters), user_attrs={PLANNED: item.name, **item.labels})
    _withdraw_doubles(study)
    return len(known)


def _withdraw_doubles(study: optuna.Study) -> None:
    """Withdraw what another process, starting at the same moment, enqueued as well: the smaller number stays."""
    first: dict[str, int] = {}
    for trial in study.get_trials(deepcopy=False):
        number = first.setdefault(trial.user_attrs[PLANNED], trial.number)
        if number != trial.number and trial.state == TrialState.WAITING:
            with contextlib.suppress(UpdateFinishedTrialError):
                study._storage.set_trial_user_attr(trial._trial_id, "duplicate_of", number)
                study._storage.set_trial_state_values(trial._trial_id, state=TrialState.FAIL)

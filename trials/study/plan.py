"""Trials whose list is known beforehand: references, grid candidates, repeats. No torch."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState, create_trial

from search_spaces.errors import InvalidInput
from trials.study.attributes import DUPLICATE_OF, PLANNED, PLANNER
from trials.study.internals import storage_of, trial_id_of
from trials.study.leases import WRITTEN_WITHIN_S
from trials.study.retry import retried_trials
from trials.study.storage import is_shared

ENQUEUED_WITHIN_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A trial to come: the name that tells it from all others, its parameters and what else is known of it."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A trial that was evaluated elsewhere: what it would have been planned as, its value, and what was recorded."""

    planned: Planned
    value: float
    attributes: Mapping[str, Any]


def add_judged(study: optuna.Study, judged: Iterable[Judged], distributions: Mapping[str, BaseDistribution]) -> None:
    """Add every trial that was evaluated elsewhere and that the study does not hold yet, in order, as complete."""
    items = {one.planned.name: one for one in judged}
    while _missing(study, planned := {name: one.planned for name, one in items.items()}):
        if not is_shared(storage_of(study)) or _is_first(study):
            for missing in _missing(study, planned):
                study.add_trial(_complete(items[missing.name], distributions))


def _complete(one: Judged, distributions: Mapping[str, BaseDistribution]) -> FrozenTrial:
    return create_trial(
        state=TrialState.COMPLETE,
        params=dict(one.planned.parameters),
        distributions=dict(distributions),
        value=one.value,
        user_attrs={PLANNED: one.planned.name, **one.planned.labels, **one.attributes},
    )


def enqueue_missing(study: optuna.Study, plan: Iterable[Planned]) -> int:
    """Enqueue every planned trial that the study does not hold yet, in order.

    Returns the number of planned trials that the study then holds, each once more where it failed and was retried,
    which is the budget of its ledger.
    """
    items = {item.name: item for item in plan}
    while _missing(study, items):
        if not is_shared(storage_of(study)) or _is_first(study):
            for item in _missing(study, items):
                study.enqueue_trial(dict(item.parameters), user_attrs={PLANNED: item.name, **item.labels})
    _withdraw_doubles(study)
    return len(_names(study)) + len(retried_trials(study))


def _missing(study: optuna.Study, items: Mapping[str, Planned]) -> list[Planned]:
    known = _names(study)
    return [item for name, item in items.items() if name not in known]


def _names(study: optuna.Study) -> set[str]:
    trials = study.get_trials(deepcopy=False)
    for trial in trials:
        if PLANNED not in trial.user_attrs:
            accepted = "planned trials alone: the storage is damaged, or holds another program's study of this name"
            raise InvalidInput(f"study {study.study_name}", f"trial {trial.number}", accepted)
    return {trial.user_attrs[PLANNED] for trial in trials}


def _is_first(study: optuna.Study) -> bool:
    """Tell whether of the processes that start at this moment this one is to enqueue; the others wait for it."""
    own = secrets.token_hex(4)
    study.set_user_attr(PLANNER, own)
    time.sleep(WRITTEN_WITHIN_S)
    if study.user_attrs[PLANNER] == own:
        return True
    time.sleep(ENQUEUED_WITHIN_S)
    return False


def _withdraw_doubles(study: optuna.Study) -> None:
    """Withdraw what another process enqueued as well, if it was not seen in time: the smaller number stays."""
    first: dict[str, int] = {}
    retried = retried_trials(study)
    for trial in study.get_trials(deepcopy=False):
        if trial.number in retried or PLANNED not in trial.user_attrs:  # just being enqueued: its process looks later
            continue
        number = first.setdefault(trial.user_attrs[PLANNED], trial.number)
        if number != trial.number and trial.state == TrialState.WAITING:
            with contextlib.suppress(UpdateFinishedTrialError):
                storage_of(study).set_trial_user_attr(trial_id_of(trial), DUPLICATE_OF, number)
                storage_of(study).set_trial_state_values(trial_id_of(trial), state=TrialState.FAIL)

"""Trials whose list is known beforehand: references, grid candidates, repeats. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import optuna


def enqueue_missing(study: optuna.Study, planned: Iterable[Mapping[str, Any]], *, identity: str) -> int:
    """Enqueue a trial for every planned set of user attributes whose `identity` is not in the study yet.

    Returns the number of trials the study then holds, which is the budget of its ledger.
    """
    known = {trial.user_attrs.get(identity) for trial in study.get_trials(deepcopy=False)}
    for attributes in planned:
        if attributes[identity] not in known:
            known.add(attributes[identity])
            study.enqueue_trial({}, user_attrs=dict(attributes))
    return len(study.get_trials(deepcopy=False))

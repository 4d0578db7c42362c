"""Trials whose list is known beforehand: references, grid candidates, repeats. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import optuna

PLANNED = "planned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A trial to come: the name that tells it from all others, its parameters and what else is known of it."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


def enqueue_missing(study: optuna.Study, plan: Iterable[Planned]) -> int:
    """Enqueue every planned trial that the study does not hold yet, in order.

    Returns the number of trials the study then holds, which is the budget of its ledger.
    """
    known = {trial.user_attrs.get(PLANNED) for trial in study.get_trials(deepcopy=False)}
    for item in plan:
        if item.name not in known:
            known.add(item.name)
            study.enqueue_trial(dict(item.parameters), user_attrs={PLANNED: item.name, **item.labels})
    return len(study.get_trials(deepcopy=False))

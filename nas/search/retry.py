"""Failed candidates of a study evaluated again, outside its budget. No torch."""

from __future__ import annotations

import optuna
from optuna.trial import FrozenTrial, TrialState

RETRIED = "retried"  # attribute of the study: numbers of failed trials that do not count against `trials`


def retry_failed(study: optuna.Study) -> int:
    """Enqueue the network of every failed candidate as a new trial, once; return how many there are."""
    retried = retried_trials(study)
    failed = [trial for trial in study.get_trials(deepcopy=False) if _failed(trial) and trial.number not in retried]
    study.set_user_attr(RETRIED, [*retried, *(trial.number for trial in failed)])
    for trial in failed:
        study.enqueue_trial(trial.params)
    return len(failed)


def retried_trials(study: optuna.Study) -> list[int]:
    """Return the numbers of the failed trials that were evaluated again or will be."""
    return list(study.user_attrs.get(RETRIED, ()))


def _failed(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.FAIL and not {"duplicate_of", "over_limit"} & trial.user_attrs.keys()

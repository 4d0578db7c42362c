"""Failed candidates of a study evaluated again, outside its budget. No torch."""

from __future__ import annotations

import optuna
from optuna.trial import FrozenTrial, TrialState

from trials.study.attributes import DUPLICATE_OF, ENDED, LEASE, NETWORK, OVER_LIMIT, RETRIED, RUNGS

OF_ITS_EVALUATION = ENDED | {LEASE, NETWORK, RUNGS}


def retry_failed(study: optuna.Study) -> int:
    """Enqueue the network of every failed candidate as a new trial with its labels, once; return how many there are."""
    retried = retried_trials(study)
    failed = [trial for trial in study.get_trials(deepcopy=False) if _failed(trial) and trial.number not in retried]
    study.set_user_attr(RETRIED, [*retried, *(trial.number for trial in failed)])
    for trial in failed:
        labels = {name: value for name, value in trial.user_attrs.items() if name not in OF_ITS_EVALUATION}
        study.enqueue_trial(trial.params, user_attrs=labels)
    return len(failed)


def retried_trials(study: optuna.Study) -> list[int]:
    """Return the numbers of the failed trials that were evaluated again or will be."""
    return list(study.user_attrs.get(RETRIED, ()))


def _failed(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.FAIL and not {DUPLICATE_OF, OVER_LIMIT} & trial.user_attrs.keys()

from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from trials.study.report import ENDED, trials_table

CASES = [
    (TrialState.COMPLETE, {}, "complete"),
    (TrialState.FAIL, {"failure": "RuntimeError: x"}, "fail"),
    (TrialState.PRUNED, {"over_limit": "max_flops"}, "over_limit"),
    (TrialState.PRUNED, {"stopped": True}, "stopped"),
]


@pytest.mark.parametrize(("state", "attributes", "told"), CASES)
def test_what_was_not_evaluated_and_what_was_stopped_are_told_apart(
    state: TrialState, attributes: dict[str, object], told: str
) -> None:
    study = optuna.create_study(direction="maximize")
    value = 1.0 if state == TrialState.COMPLETE else None
    study.add_trial(create_trial(state=state, value=value, user_attrs=attributes))
    assert list(trials_table(study)["state"]) == [told]
    assert told in ENDED

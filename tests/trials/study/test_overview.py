from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from trials.study.attributes import DUPLICATE_OF, KEY, LEASE, NETWORK, OVER_LIMIT
from trials.study.internals import storage_of
from trials.study.leases import Leases
from trials.study.overview import Overview, was_evaluated
from trials.study.reader import StudyReader

ELSEWHERE = {"worker": {"machine": "another", "pid": 1, "token": "t"}, "attempt": 1, "beat": 0}


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study()


def overview_of(study: optuna.Study, *, shared: bool = True) -> Overview:
    return Overview(reader=StudyReader(study), leases=Leases(storage=storage_of(study), shared=shared))


def add(study: optuna.Study, state: TrialState, **attributes: Any) -> None:
    value = 0.5 if state == TrialState.COMPLETE else None
    study.add_trial(create_trial(state=state, value=value, user_attrs=attributes))


def numbers(trials: list[FrozenTrial]) -> list[int]:
    return [trial.number for trial in trials]


def test_what_ended_is_told_once_and_only_evaluations_count(study: optuna.Study) -> None:
    overview = overview_of(study)
    add(study, TrialState.COMPLETE)
    add(study, TrialState.FAIL)
    add(study, TrialState.COMPLETE, **{DUPLICATE_OF: 0})
    add(study, TrialState.PRUNED, **{OVER_LIMIT: "max_flops"})
    assert numbers(overview.update(own=[])) == [0, 1, 2, 3]
    assert overview.evaluated == 2
    add(study, TrialState.PRUNED)
    assert numbers(overview.update(own=[])) == [4]
    assert (overview.update(own=[]), overview.evaluated) == ([], 3)


def test_trials_run_elsewhere_or_wait_or_are_our_own(study: optuna.Study) -> None:
    for state in (TrialState.WAITING, TrialState.RUNNING, TrialState.RUNNING, TrialState.WAITING):
        add(study, state, **{LEASE: ELSEWHERE})
    overview = overview_of(study)
    assert overview.update(own=[2]) == []
    assert (list(overview.running), list(overview.waiting)) == ([1], [0, 3])
    assert [overview.unfinished_before(number) for number in range(5)] == [0, 1, 2, 2, 3]


def test_waiting_trials_are_taken_by_number_each_once(study: optuna.Study) -> None:
    for _ in range(2):
        add(study, TrialState.WAITING)
    overview = overview_of(study)
    overview.update(own=[])
    taken = [overview.next_waiting() for _ in range(3)]
    assert [trial and trial.number for trial in taken] == [0, 1, None]


def test_where_nobody_else_is_alive_what_runs_waits(study: optuna.Study) -> None:
    add(study, TrialState.RUNNING, **{LEASE: ELSEWHERE})
    add(study, TrialState.RUNNING, **{LEASE: ELSEWHERE})
    overview = overview_of(study, shared=False)
    overview.update(own=[1])
    assert (list(overview.running), list(overview.waiting)) == ([], [0])
    assert [trial.state for trial in study.trials] == [TrialState.WAITING, TrialState.RUNNING]


@pytest.mark.parametrize(("attributes", "counts"), [({}, True), ({DUPLICATE_OF: 3}, False), ({OVER_LIMIT: "x"}, False)])
def test_which_trials_count(attributes: dict[str, Any], *, counts: bool) -> None:
    assert was_evaluated(create_trial(value=0.5, user_attrs=attributes)) is counts


def test_whoever_evaluates_a_network_elsewhere_is_found(study: optuna.Study) -> None:
    for key in ("a", "b", None, "a"):
        add(study, TrialState.RUNNING, **{LEASE: ELSEWHERE, NETWORK: {KEY: key}})
    overview = overview_of(study)
    overview.update(own=[0])
    assert [overview.running_with(key, before=4) for key in ("a", "b", "c", None)] == [3, 1, None, 2]
    assert overview.running_with("a", before=3) is None

from __future__ import annotations

import optuna
import pytest
from optuna.distributions import IntDistribution
from optuna.trial import TrialState

from search_spaces.errors import InvalidInput
from trials.study.plan import PLANNED, Judged, Planned, add_judged, enqueue_missing

PLAN = [Planned(name=name, parameters={"x": x}, labels={"repeat": x}) for x, name in enumerate("abc")]


def names(study: optuna.Study) -> list[str]:
    return [trial.user_attrs[PLANNED] for trial in study.get_trials()]


def test_a_plan_waits_in_order_with_what_is_known_of_it() -> None:
    study = optuna.create_study()
    assert enqueue_missing(study, PLAN) == 3
    assert names(study) == ["a", "b", "c"]
    assert [trial.user_attrs["repeat"] for trial in study.get_trials()] == [0, 1, 2]
    assert [study.ask({"x": IntDistribution(0, 9)}).params for _ in PLAN] == [{"x": 0}, {"x": 1}, {"x": 2}]


def test_only_what_is_missing_is_added() -> None:
    study = optuna.create_study()
    enqueue_missing(study, PLAN[:2])
    study.tell(study.ask(), state=TrialState.FAIL)
    assert enqueue_missing(study, reversed(PLAN)) == 3
    assert names(study) == ["a", "b", "c"]
    assert enqueue_missing(study, PLAN) == 3
    assert len(study.get_trials()) == 3


def test_of_two_items_of_one_name_one_is_enqueued() -> None:
    study = optuna.create_study()
    assert enqueue_missing(study, [*PLAN, Planned(name="a", parameters={"x": 7})]) == 3
    assert sorted(names(study)) == ["a", "b", "c"]


def test_what_was_enqueued_twice_is_withdrawn_but_for_the_first() -> None:
    study = optuna.create_study()
    for name in ("a", "b", "a"):
        study.enqueue_trial({"x": 1}, user_attrs={PLANNED: name})
    assert enqueue_missing(study, PLAN[:2]) == 2
    waiting = [trial.state == TrialState.WAITING for trial in study.get_trials()]
    assert waiting == [True, True, False]
    assert study.get_trials()[2].user_attrs["duplicate_of"] == 0


def test_a_study_of_another_program_is_refused() -> None:
    study = optuna.create_study(study_name="theirs")
    study.enqueue_trial({"x": 1})
    with pytest.raises(InvalidInput, match=r"^study theirs: got 'trial 0', accepted: planned trials alone"):
        enqueue_missing(study, PLAN)


def test_what_was_evaluated_elsewhere_is_complete_and_added_once() -> None:
    study = optuna.create_study()
    judged = [Judged(planned=one, value=0.5, attributes={"metrics": {"val_accuracy": 0.5}}) for one in PLAN]
    distributions = {"x": IntDistribution(0, 9)}
    add_judged(study, judged[:2], distributions)  # as far as a run came that was killed
    add_judged(study, judged, distributions)
    assert names(study) == ["a", "b", "c"]
    first, *_ = trials = study.get_trials()
    assert {trial.state for trial in trials} == {TrialState.COMPLETE}
    assert (first.params, first.value, first.user_attrs["metrics"]) == ({"x": 0}, 0.5, {"val_accuracy": 0.5})
    assert enqueue_missing(study, PLAN) == 3
    assert len(study.get_trials()) == 3

"""What ends a candidate, a batch or a whole search: workers that die, failures that are alike, time that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from optuna.trial import TrialState

from search_spaces.cost import Cost
from tests.trials.study.test_clock import FakeTime
from tests.trials.study.test_ledger import drain, open_ledger, score, take
from trials.study.attributes import LEASE
from trials.study.candidate import Candidate, Metrics, Outcome
from trials.study.clock import Deadline
from trials.study.ledger import MOST_ATTEMPTS


def test_a_worker_that_dies_is_followed_by_another_three_times(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=2)
    candidate = take(ledger)
    for _ in range(MOST_ATTEMPTS - 1):
        assert ledger.retry(candidate, "killed") == []
        assert take(ledger) == candidate
    (finished,) = ledger.retry(candidate, "killed")
    assert finished.trial.state == TrialState.FAIL
    assert finished.trial.user_attrs["failure"] == "its worker died in each of 3 attempts: killed"
    assert take(ledger).number == 1


def test_a_candidate_that_kills_its_process_every_time_fails(tmp_path: Path) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert take(open_ledger(tmp_path, budget=2)).number == 0
    ledger = open_ledger(tmp_path, budget=2)
    assert take(ledger).number == 1
    assert ledger.study.trials[0].state == TrialState.FAIL
    assert "in each of 3 attempts" in ledger.study.trials[0].user_attrs["failure"]


def test_what_waits_in_a_batch_is_not_charged_for_the_death_of_its_process(tmp_path: Path) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert take(open_ledger(tmp_path, budget=4, batch=4)).number == 0
    ledger = open_ledger(tmp_path, budget=4, batch=4)
    assert [candidate.number for candidate in drain(ledger)] == [1, 2, 3]
    states = [trial.state for trial in ledger.study.trials]
    assert states == [TrialState.FAIL, TrialState.COMPLETE, TrialState.COMPLETE, TrialState.COMPLETE]


def test_a_candidate_that_comes_further_each_time_is_no_killer(tmp_path: Path) -> None:
    for epoch in range(1, MOST_ATTEMPTS + 3):
        ledger = open_ledger(tmp_path, budget=2)
        candidate = take(ledger)
        assert candidate.number == 0
        for step in range(1, epoch + 1):  # those before are told again from the checkpoint
            ledger.report(candidate, step, 0.5)
    for _ in range(MOST_ATTEMPTS - 1):  # killed without a further epoch
        assert take(open_ledger(tmp_path, budget=2)).number == 0
    assert take(open_ledger(tmp_path, budget=2)).number == 1


def test_what_is_given_back_is_no_attempt(tmp_path: Path) -> None:
    for _ in range(MOST_ATTEMPTS + 2):
        ledger = open_ledger(tmp_path, budget=2)
        with ledger.at_work():
            assert take(ledger).number == 0
        assert ledger.study.trials[0].state == TrialState.WAITING
        assert ledger.study.trials[0].user_attrs[LEASE]["attempt"] == 0


def test_a_study_that_holds_an_outcome_without_a_value_goes_on(tmp_path: Path) -> None:
    def by_latency(metrics: Metrics, _cost: Cost) -> list[float]:
        return [metrics["val_accuracy"] * metrics.get("latency_ms", 1.0) ** -0.07]  # complex where that is negative

    earlier = open_ledger(tmp_path, budget=2, value_of=by_latency)
    candidate = take(earlier)
    kept = Outcome(metrics={"val_accuracy": 0.5, "latency_ms": -5.0}).as_attributes()
    for name, value in kept.items():  # as versions did that made the value afterwards
        earlier.study._storage.set_trial_user_attr(candidate.trial_id, name, value)
    for _ in range(2):
        again = open_ledger(tmp_path, budget=2, value_of=by_latency)
        drain(again)
        failed, whole = again.study.trials
        assert (failed.state, whole.state) == (TrialState.FAIL, TrialState.COMPLETE)
        assert failed.user_attrs["failure"].startswith("reward: got [(")


def no_room(_candidate: Candidate) -> Outcome:
    return Outcome(failure="RuntimeError: no room")


def test_a_ledger_whose_first_candidates_fail_alike_hands_out_no_more(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=10)
    assert len(drain(ledger, no_room)) == 3
    assert ledger.failed_alike == "RuntimeError: no room"
    assert (ledger.done, ledger.evaluated) == (True, 3)
    assert len(drain(open_ledger(tmp_path, budget=10))) == 7  # another process tries again


@pytest.mark.parametrize("judge", [no_room, score])
def test_what_is_being_evaluated_is_waited_for_and_may_let_the_run_go_on(
    tmp_path: Path, judge: Callable[[Candidate], Outcome]
) -> None:
    ledger = open_ledger(tmp_path, budget=10)
    *first, last = [take(ledger) for _ in range(4)]
    for candidate in first:
        ledger.tell(candidate, no_room(candidate))
    assert (ledger.ask(), ledger.done) == (None, False)
    ledger.tell(last, judge(last))
    assert ledger.done == (judge is no_room)
    assert (ledger.ask() is None) == (judge is no_room)


def test_a_batch_whose_first_candidates_fail_alike_is_recorded_and_the_rest_given_back(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=16, batch=8)
    with ledger.at_work():
        assert len(drain(ledger, no_room)) == 3
        assert ledger.done
    assert [trial.state for trial in ledger.study.trials] == [TrialState.FAIL] * 3 + [TrialState.WAITING] * 5
    again = open_ledger(tmp_path, budget=16, batch=8)
    assert [candidate.number for candidate in drain(again)] == list(range(3, 16))


def test_failures_that_are_expected_end_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=5, expected=True)
    assert len(drain(ledger, no_room)) == 5
    assert ledger.failed_alike is None


def test_nothing_new_is_handed_out_when_too_little_time_is_left(tmp_path: Path) -> None:
    time = FakeTime()
    ledger = open_ledger(tmp_path, budget=100, deadline=Deadline(clock=time.clock(100), expected=1))

    def judge(candidate: Candidate) -> Outcome:
        time.seconds += 30
        return replace(score(candidate), seconds=30)

    assert len(drain(ledger, judge)) == 3  # 10 s are left then, less than half of 30
    assert ledger.out_of_time
    assert ledger.done
    assert not ledger.exhausted


def test_what_is_at_work_when_time_is_over_ends_and_is_recorded(tmp_path: Path) -> None:
    time = FakeTime()
    ledger = open_ledger(tmp_path, budget=100, deadline=Deadline(clock=time.clock(100), expected=10))
    first, second = ledger.ask(), ledger.ask()
    assert first is not None
    assert second is not None
    time.seconds += 99
    assert ledger.ask() is None
    assert not ledger.done
    assert [len(ledger.tell(one, score(one))) for one in (first, second)] == [1, 1]
    assert ledger.done
    assert ledger.evaluated == 2


def test_a_batch_that_time_cut_goes_on_as_if_it_was_not(tmp_path: Path) -> None:
    undisturbed = [c.architecture.key for c in drain(open_ledger(tmp_path / "a", sampler="evolution", batch=4))]
    resumed: list[str] = []
    while len(resumed) < len(undisturbed):
        time = FakeTime()
        deadline = Deadline(clock=time.clock(100), expected=30)
        ledger = open_ledger(tmp_path / "b", sampler="evolution", batch=4, deadline=deadline)

        def judge(candidate: Candidate, time: FakeTime = time) -> Outcome:
            time.seconds += 30
            return replace(score(candidate), seconds=30)

        with ledger.at_work():
            resumed += [c.architecture.key for c in drain(ledger, judge)]
        assert ledger.done
        assert ledger.evaluated == len(resumed)
    assert resumed == undisturbed


def test_a_plan_that_was_worked_off_is_not_out_of_time(tmp_path: Path) -> None:
    time = FakeTime()
    ledger = open_ledger(tmp_path, budget=1, deadline=Deadline(clock=time.clock(10), expected=10))
    drain(ledger)
    time.seconds += 100
    assert ledger.ask() is None
    assert ledger.done
    assert not ledger.out_of_time

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState

from nas.samplers import SAMPLERS
from search_spaces import load_space
from search_spaces.cost import Cost, estimate_cost
from search_spaces.space_file import parse_space
from tests.trials.study.test_clock import FakeTime
from trials.study.attributes import LEASE
from trials.study.candidate import Candidate, Metrics, Outcome, derive_seed
from trials.study.clock import Deadline
from trials.study.ledger import MOST_ATTEMPTS, Ledger
from trials.study.opening import open_study
from trials.study.storage import open_storage

SPACE = load_space("efficientnet")
SETTINGS = {"seed": 0, "reward": {"kind": "soft"}}


def value_of(metrics: Metrics, _cost: Cost) -> list[float]:
    return [metrics["val_accuracy"]]


def open_ledger(
    folder: Path, *, budget: int = 10, sampler: str = "random", url: str | None = None, **fields: Any
) -> Ledger:
    storage = open_storage(url, folder / "study.journal")
    fields = {"value_of": value_of} | fields
    space = fields.pop("space", SPACE)
    study = open_study(storage, "test", sampler=SAMPLERS[sampler](space=space, seed=0), settings=SETTINGS)
    return Ledger(
        study=study,
        distributions=space.distributions,
        decode=space.decode,
        cost_of=estimate_cost,
        seed=0,
        budget=budget,
        space_size=space.size,
        **fields,
    )


def score(candidate: Candidate) -> Outcome:
    return Outcome(metrics={"val_accuracy": random.Random(candidate.seed).random()})


def drain(ledger: Ledger, judge: Callable[[Candidate], Outcome] = score) -> list[Candidate]:
    seen = []
    while (candidate := ledger.ask()) is not None:
        seen.append(candidate)
        ledger.tell(candidate, judge(candidate))
    return seen


def test_the_budget_is_of_the_study_not_of_the_process(tmp_path: Path) -> None:
    assert len(drain(open_ledger(tmp_path, budget=4))) == 4
    assert len(drain(open_ledger(tmp_path, budget=7))) == 3
    assert drain(open_ledger(tmp_path, budget=7)) == []


def test_an_unfinished_trial_is_taken_over_under_its_number_and_seed(tmp_path: Path) -> None:
    killed = open_ledger(tmp_path)
    killed.tell(first := killed.ask(), score(first))  # type: ignore[arg-type]
    lost = killed.ask()
    assert lost is not None
    again = open_ledger(tmp_path).ask()
    assert again is not None
    assert (again.number, again.seed, again.architecture.key) == (lost.number, lost.seed, lost.architecture.key)


@pytest.mark.parametrize("sampler", ["random", "evolution", "tpe"])
def test_killed_at_any_trial_and_resumed_equals_undisturbed(tmp_path: Path, sampler: str) -> None:
    undisturbed = [c.architecture.key for c in drain(open_ledger(tmp_path / "a", budget=14, sampler=sampler))]
    resumed = []
    for stop_after in (1, 3, 2, 20):
        ledger = open_ledger(tmp_path / "b", budget=14, sampler=sampler)
        for _ in range(stop_after):
            if (candidate := ledger.ask()) is not None:
                resumed.append(candidate.architecture.key)
                ledger.tell(candidate, score(candidate))
        ledger.ask()  # asked, and killed before it was told
    assert resumed == undisturbed


def test_what_was_evaluated_but_not_told_is_not_evaluated_again(tmp_path: Path) -> None:
    killed = open_ledger(tmp_path)
    candidate = killed.ask()
    assert candidate is not None
    killed._batch.open[candidate.number].set_user_attr("metrics", {"val_accuracy": 0.75})
    again = open_ledger(tmp_path, budget=1)
    assert again.ask() is None
    assert again.study.trials[0].value == 0.75


def test_a_network_is_evaluated_once(tmp_path: Path) -> None:
    space = parse_space({"name": "tiny", "skeleton": "efficientnet-b0", "stages": {"0": {"depth": {"one_of": [1, 2]}}}})
    ledger = open_ledger(tmp_path, budget=10, space=space)
    assert len(drain(ledger)) == 2
    assert ledger.exhausted
    copies = [trial for trial in ledger.study.trials if "duplicate_of" in trial.user_attrs]
    for copy in copies:
        assert copy.value == ledger.study.trials[copy.user_attrs["duplicate_of"]].value


def test_over_budget_networks_are_recorded_but_never_evaluated(tmp_path: Path) -> None:
    limit = 400e6
    ledger = open_ledger(tmp_path, budget=8, violations=lambda cost: {"max_flops": cost.flops / limit - 1})
    seen = drain(ledger)
    assert len(seen) == 8
    assert all(candidate.cost.flops <= limit for candidate in seen)
    refused = [trial for trial in ledger.study.trials if "over_limit" in trial.user_attrs]
    assert refused
    assert all(trial.state == TrialState.PRUNED and trial.value is None for trial in refused)
    assert ledger.study.best_trial.value == max(trial.value for trial in ledger.study.trials if trial.value is not None)


def test_a_limit_that_nothing_meets_ends_the_search(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, violations=lambda _cost: {"max_flops": 1.0})
    assert drain(ledger) == []
    assert ledger.exhausted


def test_a_failed_candidate_is_a_trial_with_its_reason(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=3)
    drain(ledger, lambda candidate: Outcome(failure="out of memory") if candidate.number == 1 else score(candidate))
    states = [trial.state for trial in ledger.study.trials]
    assert states == [TrialState.COMPLETE, TrialState.FAIL, TrialState.COMPLETE]
    assert ledger.study.trials[1].user_attrs["failure"] == "out of memory"


def test_a_reward_that_is_no_number_fails_the_trial(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=1)
    drain(ledger, lambda _candidate: Outcome(metrics={"val_accuracy": float("nan")}))
    assert ledger.study.trials[0].state == TrialState.FAIL


def test_seeds_differ_between_trials_and_studies() -> None:
    seeds = {derive_seed(study, number) for study in range(20) for number in range(200)}
    assert len(seeds) == 4000
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("at_once", [1, 2, 3, 8])
@pytest.mark.parametrize("sampler", ["evolution", "tpe"])
def test_in_batches_any_number_of_workers_gives_the_same_trials(tmp_path: Path, sampler: str, at_once: int) -> None:
    alone = open_ledger(tmp_path / "alone", budget=14, sampler=sampler, batch=4)
    drain(alone)
    many = open_ledger(tmp_path / "many", budget=14, sampler=sampler, batch=4)
    drain_at_once(many, at_once)
    assert trials_of(many) == trials_of(alone)


@pytest.mark.parametrize("killed_after", [1, 3, 4, 5, 7])
def test_a_batch_that_was_interrupted_goes_on_as_if_nothing_had_happened(tmp_path: Path, killed_after: int) -> None:
    undisturbed = open_ledger(tmp_path / "undisturbed", budget=10, sampler="evolution", batch=4)
    drain(undisturbed)
    first = open_ledger(tmp_path / "killed", budget=10, sampler="evolution", batch=4)
    evaluated = [take(first) for _ in range(killed_after)] if killed_after < 4 else drain_some(first, killed_after)
    again = open_ledger(tmp_path / "killed", budget=10, sampler="evolution", batch=4)
    seen = drain(again)
    assert trials_of(again) == trials_of(undisturbed)
    if killed_after >= 4:
        assert not {candidate.number for candidate in seen} & {candidate.number for candidate in evaluated}


def test_a_batch_is_recorded_when_its_last_is_told(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=6, batch=3)
    first, second, third = (take(ledger) for _ in range(3))
    assert ledger.ask() is None and not ledger.done
    assert ledger.tell(third, score(third)) == []
    assert ledger.tell(first, score(first)) == []
    assert [finished.candidate.number for finished in ledger.tell(second, score(second))] == [0, 1, 2]
    assert len(drain(ledger)) == 3
    assert ledger.done


def test_what_equals_a_running_network_ends_as_it_does(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=3)
    first = take(ledger)
    ledger.study.enqueue_trial(ledger.study.trials[0].params)
    second = take(ledger)
    assert second.architecture.key != first.architecture.key
    assert ledger.study.trials[1].state == TrialState.RUNNING
    ledger.tell(first, Outcome(metrics={"val_accuracy": 0.25}))
    follower = ledger.study.trials[1]
    assert (follower.state, follower.value, follower.user_attrs["duplicate_of"]) == (TrialState.COMPLETE, 0.25, 0)


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


def drain_at_once(ledger: Ledger, at_once: int) -> None:
    """Evaluate several candidates at a time, ending them in an order that is not theirs."""
    rng, running = random.Random(at_once), list[Candidate]()
    while not ledger.done:
        while len(running) < at_once and (candidate := ledger.ask()) is not None:
            running.append(candidate)
        ended = running.pop(rng.randrange(len(running)))
        ledger.tell(ended, score(ended))


def drain_some(ledger: Ledger, count: int) -> list[Candidate]:
    seen = []
    for _ in range(count):
        seen.append(take(ledger))
        ledger.tell(seen[-1], score(seen[-1]))
    return seen


def take(ledger: Ledger) -> Candidate:
    candidate = ledger.ask()
    assert candidate is not None
    return candidate


def trials_of(ledger: Ledger) -> list[tuple[int, TrialState, list[float] | None, dict[str, Any]]]:
    return [(trial.number, trial.state, trial.values, trial.params) for trial in ledger.study.trials]


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

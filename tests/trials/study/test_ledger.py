from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState

from nas.samplers import SAMPLERS
from search_spaces import load_space
from search_spaces.cost import Cost, estimate_cost
from search_spaces.space_file import parse_space
from trials.study.candidate import Candidate, Metrics, Outcome, derive_seed
from trials.study.ledger import Ledger
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

"""Ray is started once for the module; what an evaluation does is in it, as workers do not import the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
import pytest
from optuna.trial import TrialState

from tests.trials.study.test_clock import FakeTime
from tests.trials.study.test_ledger import open_ledger
from trials.engines import local
from trials.experiment import Compute
from trials.isolation.objective import Isolated
from trials.objectives.user_function import UserFunction
from trials.study.candidate import Candidate, Evaluate, Finished, Metrics, Report
from trials.study.clock import Deadline

if TYPE_CHECKING:
    from trials.engines.ray_tune import RayEngine


@pytest.fixture(scope="module")
def engine() -> Iterator[RayEngine]:
    from trials.engines.ray_session import connected
    from trials.engines.ray_tune import RayEngine

    with connected(Compute(engine="ray", concurrency=2)) as workers:
        yield RayEngine(workers=workers)


def trials_of(study: optuna.Study) -> list[tuple[Any, ...]]:
    return [
        (t.number, t.state, t.values, t.params, t.intermediate_values, t.user_attrs["network"]) for t in study.trials
    ]


def by_seed() -> Evaluate:
    def evaluate(candidate: Candidate, report: Report) -> Metrics:
        import random

        accuracy = random.Random(candidate.seed).random()
        report(1, accuracy / 2)
        report(2, accuracy)
        return {"val_accuracy": accuracy}

    return evaluate


def test_no_candidate_is_begun_when_too_little_time_is_left(engine: RayEngine, tmp_path: Path) -> None:
    time = FakeTime()

    def note(_finished: Finished) -> None:
        time.seconds += 30

    ledger = open_ledger(tmp_path, budget=100, deadline=Deadline(clock=time.clock(100), expected=30))
    engine.run(ledger, by_seed(), note)
    assert ledger.out_of_time
    assert ledger.done
    states = [trial.state for trial in ledger.study.trials]
    assert set(states) == {TrialState.COMPLETE}  # what was at work came to its end
    assert 3 <= len(states) <= 6


def test_two_workers_give_the_trials_of_one_process(engine: RayEngine, tmp_path: Path) -> None:
    alone = open_ledger(tmp_path / "local", budget=8, sampler="evolution", batch=2)
    local.run(alone, by_seed(), lambda _: None)
    finished: list[Finished] = []
    together = open_ledger(tmp_path / "ray", budget=8, sampler="evolution", batch=2)
    replace(engine, trials_per_tune_run=5).run(together, by_seed(), finished.append)
    assert trials_of(together.study) == trials_of(alone.study)
    assert [one.trial.number for one in finished] == list(range(8))
    assert together.done


def test_what_goes_wrong_ends_a_trial_and_not_the_run(engine: RayEngine, tmp_path: Path) -> None:
    died_once = tmp_path / "died"

    def evaluate(candidate: Candidate, _report: Report) -> Metrics:
        import os

        if candidate.number == 0:
            raise MemoryError("two\nlines")
        if candidate.number == 1:
            os._exit(1)
        if candidate.number == 2 and not died_once.exists():
            died_once.touch()
            os._exit(1)
        return {"val_accuracy": 0.5}

    ledger = open_ledger(tmp_path, budget=4)
    engine.run(ledger, evaluate, lambda _: None)
    failed, killer, retried, whole = ledger.study.trials
    assert failed.user_attrs["failure"] == "MemoryError: two lines"
    assert killer.user_attrs["failure"].startswith("its worker died in each of 3 attempts: ")
    states = [TrialState.FAIL, TrialState.FAIL, TrialState.COMPLETE, TrialState.COMPLETE]
    assert [trial.state for trial in (failed, killer, retried, whole)] == states


def test_a_pruner_ends_an_evaluation_at_its_report(engine: RayEngine, tmp_path: Path) -> None:
    def evaluate(candidate: Candidate, report: Report) -> Metrics:
        from trials.study.candidate import Stopped

        report(1, 0.9 if candidate.number < 2 else 0.1)
        try:
            report(2, 0.9 if candidate.number < 2 else 0.1)
        except Stopped:
            return {"val_accuracy": 0.2}  # as a training does at its last epoch
        return {"val_accuracy": 0.9}

    ledger = open_ledger(tmp_path, budget=6)
    ledger.study.pruner = optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=0)
    replace(engine, workers=replace(engine.workers, concurrency=1)).run(ledger, evaluate, lambda _: None)
    first, second, *others = ledger.study.trials
    assert [first.state, second.state] == [TrialState.COMPLETE] * 2
    assert first.intermediate_values == {1: 0.9, 2: 0.9}
    assert [(trial.state, trial.intermediate_values) for trial in others] == [(TrialState.PRUNED, {1: 0.1})] * 4


def test_what_misbehaves_in_a_worker_ends_a_candidate_there_too(engine: RayEngine, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MISBEHAVING)
    evaluate = Isolated(objective=UserFunction(python="mine:f"), max_seconds=1.5)
    ledger = open_ledger(tmp_path, budget=5)
    with contextlib.chdir(tmp_path):
        engine.run(ledger, evaluate, lambda _: None)
    failures = sorted(trial.user_attrs.get("failure", "") for trial in ledger.study.trials)
    assert failures == [
        *("", ""),
        "SystemExit: 0",
        "its process ended itself with exit code 7",
        "out of time: not finished after 1.5 s (limits.max_seconds)",
    ]
    assert {trial.user_attrs["lease"]["attempt"] for trial in ledger.study.trials} == {1}  # nothing was tried again


MISBEHAVING = """
import os, pathlib, sys, time

def f(architecture, seed):
    deeds = [lambda: sys.exit(0), lambda: os._exit(7), lambda: time.sleep(3600)]
    for number, deed in enumerate(deeds):
        try:
            pathlib.Path(f"deed-{number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        deed()
    return {"val_accuracy": 0.5}
"""

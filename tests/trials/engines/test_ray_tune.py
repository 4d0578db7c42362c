"""Ray is started once for the module; what an evaluation does is in it, as workers do not import the tests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
import pytest
from optuna.trial import TrialState

from search_spaces.errors import InvalidInput
from tests.trials.study.test_ledger import open_ledger
from trials.engines import as_evaluated, local, open_engine
from trials.engines.ray_session import fitting
from trials.experiment import Compute, Experiment
from trials.study.candidate import Candidate, Evaluate, Finished, Metrics, Outcome, Report

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


def test_an_evaluation_may_finish_where_it_is_to_stop() -> None:
    from trials.engines.worker import OUTCOME, Evaluation

    def evaluate(_candidate: Candidate, report: Report) -> Metrics:
        from trials.study.candidate import Stopped

        try:
            report(1, 0.5)
        except Stopped:
            return {"val_accuracy": 0.25}
        return {"val_accuracy": 0.75}

    for stop, accuracy in ((True, 0.25), (False, 0.75)):
        evaluation = Evaluation(evaluate, candidate=None)  # type: ignore[arg-type]
        assert evaluation.advance(stop=False) == {"step": 1, "value": 0.5}
        assert evaluation.advance(stop=stop)[OUTCOME].metrics == {"val_accuracy": accuracy}


def test_an_evaluation_that_exits_has_failed() -> None:
    from trials.engines.worker import OUTCOME, Evaluation

    def evaluate(_candidate: Candidate, _report: Report) -> Metrics:
        raise SystemExit(3)

    evaluation = Evaluation(evaluate, candidate=None)  # type: ignore[arg-type]
    assert evaluation.advance(stop=False)[OUTCOME].failure == "SystemExit: 3"


def test_a_ledger_that_fails_ends_the_run(tmp_path: Path) -> None:
    from trials.engines.searcher import LedgerSearch, StopOnFailure
    from trials.engines.worker import OUTCOME

    def full(_finished: Finished) -> None:
        raise OSError(28, "No space left on device")

    search = LedgerSearch(open_ledger(tmp_path, budget=1), full)
    StopOnFailure(search).on_step_end(1, [])
    assert search.suggest("a")["assignment"].candidate.number == 0
    search.on_trial_complete("a", {OUTCOME: Outcome(metrics={"val_accuracy": 0.5})})
    with pytest.raises(OSError, match="No space"):
        StopOnFailure(search).on_step_end(2, [])
    assert search.suggest("b") == "FINISHED"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"engine": "local", "concurrency": 2}, "concurrency"),
        ({"engine": "local", "address": "auto"}, "address"),
        ({"concurrency": 0}, "concurrency"),
        ({"threads": 0}, "threads"),
        ({"resources": {}}, "resources"),
        ({"resources": {"CPU": 0}}, "resources.CPU"),
        ({"resources": {"GPU": math.inf}}, "resources.GPU"),
    ],
)
def test_settings_that_no_engine_can_have(settings: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Compute(**settings)
    assert caught.value.key == key


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:1", "127.0.0.1:99999", "ray://127.0.0.1:10001"])
def test_an_address_where_no_ray_answers_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match=r"compute\.address"), open_engine(Compute(address=address)):
        raise AssertionError("an engine at an address where nothing listens")


def test_more_than_one_at_a_time_implies_ray() -> None:
    assert Compute().chosen_engine == Compute(concurrency=1, resources={"CPU": 2}).chosen_engine == "local"
    assert Compute(concurrency=2).chosen_engine == Compute(address="auto").chosen_engine == "ray"


def test_threads_of_a_worker_come_from_its_share() -> None:
    assert Compute().worker_threads == Compute(resources={"CPU": 0.5}).worker_threads == 1
    assert Compute(resources={"CPU": 2.5, "GPU": 1}).worker_threads == 2
    assert Compute(threads=3, resources={"CPU": 1}).worker_threads == 3
    assert as_evaluated(Experiment(compute=Compute(concurrency=2))).compute.threads == 1
    assert as_evaluated(Experiment()).compute.threads is None


def test_shares_of_resources_that_there_are() -> None:
    there = {"CPU": 8.0, "GPU": 1.0, "memory": 1e9}
    assert fitting({"CPU": 1, "GPU": 0.25}, there) == 4
    assert fitting({"CPU": 0.1}, {"CPU": 0.3}) == 3
    assert fitting({"TPU": 1}, there) == 0

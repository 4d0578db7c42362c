from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from nas.budget.plan import plan_search
from nas.config import NasConfig, NasExperiment
from nas.search.run import run_search
from search_spaces.errors import InvalidInput
from tests.nas.budget.plans import digits
from trials.budget.length import Pace
from trials.experiment import ObjectiveConfig
from trials.training_config import TrainingConfig

GIVEN = NasExperiment(objective=ObjectiveConfig(python="tests.objectives:by_size"), nas=NasConfig(trials=7))


def test_without_a_budget_nothing_changes(tmp_path: Path) -> None:
    plan = plan_search(GIVEN, {}, tmp_path, time.monotonic())
    assert (plan.experiment, plan.pacing, plan.lines) == (GIVEN, None, ())


def test_where_nothing_is_trained_as_many_as_fit_are_evaluated(tmp_path: Path) -> None:
    plan = plan_search(replace(GIVEN, budget="10m"), {}, tmp_path, time.monotonic())
    assert plan.pacing is not None
    assert plan.pacing.open_ended
    assert plan.lines == ("10 min for as many candidates as fit",)
    stands = plan_search(replace(GIVEN, budget="10m"), {"nas": {"trials": 7}}, tmp_path, time.monotonic())
    assert stands.pacing is not None
    assert not stands.pacing.open_ended
    assert stands.lines == ("10 min for at most 7 candidates",)


def test_where_nothing_is_trained_a_training_has_no_time(tmp_path: Path) -> None:
    timed = replace(GIVEN, training=TrainingConfig(budget="60s"))
    with pytest.raises(InvalidInput, match="not trained here"):
        plan_search(timed, {}, tmp_path, time.monotonic())


def test_a_search_that_goes_on_with_another_budget_keeps_its_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def searched(budget: str, trials: int, step_seconds: float) -> NasExperiment:
        pace = Pace(batch=20, step_seconds=step_seconds)
        monkeypatch.setattr("trials.budget.pictures.measured_pace", lambda *_: pace)
        nas = NasConfig(trials=trials, sampler="random", references=())
        experiment = digits(tmp_path / "data", budget=budget, nas=nas)
        written = {"nas": {"trials": trials}}
        plan = plan_search(experiment, written, tmp_path / "results", time.monotonic())
        result = run_search(
            plan.experiment, tmp_path / "results", console=Console(quiet=True), command="test", pacing=plan.pacing
        )
        assert list(result.candidates["state"]) == ["complete"] * trials
        return plan.experiment

    first = searched("1h", 1, 200.0)
    again = searched("30m", 2, 1.0)
    assert first.data.train_images is not None
    assert first.data.train_images < 1_000
    assert (again.data, again.training) == (first.data, first.training)

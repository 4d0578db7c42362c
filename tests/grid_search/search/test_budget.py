from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grid_search.config import ScaleConfig, ScaleExperiment
from grid_search.law.config import LawConfig
from grid_search.search.budget import RESULTS_S, plan_scale_search
from search_spaces.errors import InvalidInput
from trials.budget.begun import Begun
from trials.budget.length import Pace
from trials.budget.pacing import Plan
from trials.experiment import DataConfig, ObjectiveConfig
from trials.training_config import TrainingConfig

AVAILABLE = 1_000  # training images that validation leaves


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an epoch of all images last 5 s, so that a default training (30 epochs) lasts 150 s."""
    monkeypatch.setattr("trials.budget.pacing.reserved", lambda _budget: 0.0)
    monkeypatch.setattr("trials.budget.pictures.measured_pace", lambda *_: Pace(batch=20, step_seconds=0.1))


def digits(folder: Path, **changes: Any) -> ScaleExperiment:
    from trials.data.facts import data_facts

    images = data_facts("digits", folder).train_images
    settings: dict[str, Any] = {
        "name": "try",
        "data": DataConfig(name="digits", folder=str(folder), validation_images=images - AVAILABLE),
        "training": TrainingConfig(epochs=1, batch_size=20, warmup_epochs=0.1),
        "scale": ScaleConfig(baseline="efficientnet-b0"),
    }
    return ScaleExperiment(**{**settings, **changes})


def plan_of(experiment: ScaleExperiment, folder: Path, written: dict[str, Any] | None = None) -> Plan[ScaleExperiment]:
    return plan_scale_search(experiment, written or {}, folder, time.monotonic())


def test_without_a_budget_nothing_changes(tmp_path: Path) -> None:
    experiment = digits(tmp_path)
    assert plan_of(experiment, tmp_path) == Plan(experiment=experiment)


def test_little_time_is_for_four_candidates_and_two_seeds(tmp_path: Path) -> None:
    plan = plan_of(digits(tmp_path, budget="30m"), tmp_path)
    scale, training = plan.experiment.scale, plan.experiment.training
    assert (scale.candidates, scale.repeats) == (4, 2)
    assert 17 * 5 * training.epochs == pytest.approx(1_800, rel=0.06)
    assert "4 candidates and 5 controls, 2 seeds of the 3 best and of the controls or more" in plan.lines[0]
    assert len(plan.warnings) == 1
    assert plan.pacing is not None
    assert plan.pacing.deadline("candidates").kept == RESULTS_S  # for what is written afterwards
    assert plan.pacing.open_ended


def test_what_was_written_stands(tmp_path: Path) -> None:
    written = {"scale": {"candidates": 6, "repeats": 1}, "training": {"epochs": 2}}
    scale = ScaleConfig(baseline="efficientnet-b0", candidates=6, repeats=1)
    experiment = digits(tmp_path, budget="30m", scale=scale, training=TrainingConfig(epochs=2, batch_size=20))
    plan = plan_of(experiment, tmp_path, written)
    assert (plan.experiment.scale, plan.experiment.training.epochs) == (scale, 2)
    assert plan.pacing is not None
    assert not plan.pacing.open_ended


def test_a_study_that_goes_on_is_divided_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"data": {"train_images": 500}, "training": {"epochs": 20}}
    begun = Begun(settings=settings, evaluated=17)
    monkeypatch.setattr("grid_search.search.budget.begun_study", lambda *_: begun)
    plan = plan_of(digits(tmp_path, budget="1000s"), tmp_path)
    assert (plan.experiment.training.epochs, plan.experiment.data.train_images) == (20, 500)
    assert plan.experiment.scale.candidates == 16  # 37 trainings of 50 s, 21 of them controls and repeats
    assert plan.lines[0].endswith("the study goes on with the training it began with")


def test_a_law_keeps_its_own_number_of_trainings(tmp_path: Path) -> None:
    config = ScaleConfig(baseline="efficientnet-b0", method="law", law=LawConfig(trainings=12))
    plan = plan_of(digits(tmp_path, budget="1h", scale=config), tmp_path)
    scale, epochs = plan.experiment.scale, plan.experiment.training.epochs
    assert scale == replace(config, repeats=2)
    assert (12 + 5 + 6) * 5 * epochs == pytest.approx(3_600, rel=0.06)
    assert "12 networks of the law and 5 controls, 2 seeds of the answer and of the controls or more" in plan.lines[0]


def test_one_trainings_own_time_needs_no_other_budget(tmp_path: Path) -> None:
    training = TrainingConfig(epochs=1, batch_size=20, warmup_epochs=0.1, budget="25s")
    plan = plan_of(digits(tmp_path, training=training), tmp_path)
    assert plan.pacing is None
    assert (plan.experiment.training.epochs, plan.experiment.training.budget) == (5, None)


def test_a_training_is_longer_than_its_rungs(tmp_path: Path) -> None:
    scale = ScaleConfig(baseline="efficientnet-b0", rungs=(40,))
    assert plan_of(digits(tmp_path, budget="60s", scale=scale), tmp_path).experiment.training.epochs == 41


def test_where_nothing_is_trained_as_many_seeds_as_fit_are_evaluated(tmp_path: Path) -> None:
    given = ScaleExperiment(objective=ObjectiveConfig(python="tests.objectives:by_size"), budget="10m")
    plan = plan_of(given, tmp_path)
    assert plan.pacing is not None
    assert plan.pacing.open_ended
    assert plan.lines == ("10 min for 12 candidates, their controls and as many seeds as fit",)
    with pytest.raises(InvalidInput, match="not trained here"):
        plan_of(replace(given, training=TrainingConfig(budget="60s")), tmp_path)

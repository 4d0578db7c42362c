from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nas.budget.trainings import STOPS, plan_trainings
from nas.config import NasConfig, NasExperiment
from tests.nas.budget.plans import AVAILABLE, digits, requested
from trials.budget.begun import Begun
from trials.budget.length import Pace
from trials.reward import Reward


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an epoch of all images last 5 s, so that a default training (30 epochs) lasts 150 s."""
    measured = Pace(batch=20, step_seconds=0.1)
    monkeypatch.setattr("trials.budget.pacing.reserved", lambda _budget: 0.0)
    monkeypatch.setattr("trials.budget.pictures.measured_pace", lambda _networks, _experiment: measured)


def test_little_time_is_divided_between_eight_and_a_reference(tmp_path: Path) -> None:
    plan = plan_trainings(requested(digits(tmp_path, budget="450s"), tmp_path))
    experiment = plan.experiment
    assert (experiment.nas.trials, experiment.training.epochs, experiment.data.train_images) == (8, 10, None)
    assert plan.lines == (
        "8 min for about 8 candidates and 1 training beside them, "
        "each trained on 1,000 images x 10 epochs at 8 px, about 50 s",
        STOPS,
    )
    assert "10,000 images" in plan.warnings[0]
    assert plan.pacing is not None
    assert plan.pacing.open_ended
    assert plan.pacing.expected["candidates"] == pytest.approx(50, rel=0.01)


def test_much_time_is_for_more_candidates_and_longer_trainings(tmp_path: Path) -> None:
    plan = plan_trainings(requested(digits(tmp_path, budget="1h20m"), tmp_path))
    assert plan.experiment.nas.trials > 8
    assert plan.experiment.training.epochs > 30
    assert plan.warnings == ()


def test_what_was_written_stands(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="1000s", nas=NasConfig(trials=3, references=()))
    plan = plan_trainings(requested(experiment, tmp_path, {"nas": {"trials": 3}}))
    assert plan.experiment.nas.trials == 3
    assert 3 * 5 * plan.experiment.training.epochs == pytest.approx(1_000, rel=0.02)
    assert plan.pacing is not None
    assert not plan.pacing.open_ended
    both = plan_trainings(requested(experiment, tmp_path, {"nas": {"trials": 3}, "training": {"epochs": 1}}))
    assert (both.experiment.nas.trials, both.experiment.training.epochs) == (3, 1)
    fewer = replace(experiment, data=replace(experiment.data, train_images=500))
    of_images = plan_trainings(requested(fewer, tmp_path, {"data": {"train_images": 500}})).experiment
    assert of_images.data.train_images == 500


def pruner(experiment: NasExperiment, folder: Path, written: dict[str, Any] | None = None, **facts: Any) -> str:
    return plan_trainings(requested(experiment, folder, written or {}, **facts)).experiment.nas.pruner


def test_trainings_are_stopped_by_their_curves_where_that_leaves_time_for_others(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="450s")
    assert pruner(experiment, tmp_path) == "curves"
    assert pruner(experiment, tmp_path, {"nas": {"pruner": "none"}}) == "none"
    assert pruner(experiment, tmp_path, {"nas": {"trials": 8}}) == "none"  # nothing would follow
    two = replace(experiment, training=replace(experiment.training, epochs=2))
    assert pruner(two, tmp_path, {"training": {"epochs": 2}}) == "none"
    pareto = replace(experiment, nas=NasConfig(sampler="nsga2"))
    assert pruner(pareto, tmp_path) == "none"
    assert pruner(digits(tmp_path), tmp_path) == "none"  # without a budget as many are trained as are asked for


def test_a_study_goes_on_with_what_stopped_its_trainings(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="450s")
    for settings, name in (({"training": {"epochs": 6}}, "none"), ({"pruner": "median"}, "median")):
        assert pruner(experiment, tmp_path, begun=Begun(settings=settings, evaluated=2)) == name


def test_a_reward_that_is_known_only_at_the_end_stops_nothing(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="450s", reward=Reward(kind="soft", cost="latency_ms", target=3))
    assert pruner(experiment, tmp_path) == "none"


def test_finalists_have_their_time_kept(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="1500s", nas=NasConfig(references=(), finalists=2))
    plan = plan_trainings(requested(experiment, tmp_path))
    assert plan.pacing is not None
    each = plan.pacing.expected["finalists"]
    assert plan.pacing.kept["candidates"] == pytest.approx(6 * each)
    assert (8 + 6) * each == pytest.approx(1_500, rel=0.02)


def test_a_study_goes_on_with_the_training_it_began_with(tmp_path: Path) -> None:
    settings = {"data": {"train_images": None}, "training": {"epochs": 6}}
    begun = Begun(settings=settings, evaluated=8)
    plan = plan_trainings(requested(digits(tmp_path, budget="600s"), tmp_path, begun=begun))
    assert (plan.experiment.training.epochs, plan.experiment.nas.trials) == (6, 8 + 20)
    assert plan.lines[0].endswith("the study goes on with the training it began with")


def test_a_candidates_own_time_needs_no_other_budget(tmp_path: Path) -> None:
    experiment = digits(tmp_path)
    experiment = replace(experiment, training=replace(experiment.training, budget="25s"))
    plan = plan_trainings(requested(experiment, tmp_path))
    assert plan.pacing is None
    assert (plan.experiment.training.epochs, plan.experiment.training.budget) == (5, None)
    assert plan.experiment.nas.trials == 100
    assert AVAILABLE == 1_000
    assert plan.lines == ("candidates are each trained on 1,000 images x 5 epochs at 8 px, about 25 s",)

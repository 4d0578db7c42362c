from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nas.budget.shared import plan_shared
from nas.config import NasConfig
from tests.nas.budget.plans import digits, requested
from trials.budget.begun import Begun
from trials.budget.length import Pace
from trials.experiment import ObjectiveConfig
from trials.objectives.shared.objective import ARTIFACT
from trials.objectives.shared.recipe import shared_training
from trials.reward import Reward

SPREAD = Reward(kind="soft", cost="params", target="5M", w="equal-spread")
SHARED = ObjectiveConfig(name="shared", training={"epochs": 2, "warmup_epochs": 0.5})


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an epoch of all images last 5 s alone and 10 s for shared weights, judging 2 s.

    So the default training of a network (30 epochs) lasts 150 s, that of the weights (160) 1,600 s.
    """
    monkeypatch.setattr("trials.budget.pacing.reserved", lambda _budget: 0.0)
    monkeypatch.setattr("nas.budget.shared.measured_pace", lambda *_: Pace(batch=20, step_seconds=0.1))
    monkeypatch.setattr("nas.budget.shared.measured_shared_pace", lambda *_: (Pace(batch=20, step_seconds=0.2), 2.0))


def test_most_of_the_time_is_for_the_weights_the_rest_for_judging(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="500s", objective=SHARED)
    plan = plan_shared(requested(experiment, tmp_path))
    assert shared_training(plan.experiment).epochs == 30
    assert (plan.experiment.nas.trials, plan.experiment.nas.finalists) == (99, 0)
    assert plan.lines == (
        "8 min: about 5 min to train the shared weights (1,000 images x 30 epochs), then about 99 candidates judged "
        "with them, 2.0 s each",
    )
    assert plan.pacing is not None
    assert plan.pacing.open_ended
    assert plan.pacing.at_least == {"references": 1, "candidates": 4}


def test_finalists_are_trained_where_there_is_time_to_do_it_properly(tmp_path: Path) -> None:
    nas = NasConfig(references=(), finalists=5)
    short = plan_shared(requested(digits(tmp_path, budget="1000s", objective=SHARED, nas=nas), tmp_path))
    assert short.experiment.nas.finalists == 0
    plan = plan_shared(requested(digits(tmp_path, budget="2h", objective=SHARED, nas=nas), tmp_path))
    assert plan.experiment.nas.finalists == 3
    assert plan.experiment.training.epochs >= 30
    assert plan.pacing is not None
    assert plan.pacing.kept["candidates"] == pytest.approx(9 * plan.pacing.expected["finalists"])
    assert "3 finalists with up to 3 seeds" in plan.lines[1]


def test_weights_that_are_there_need_no_time(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="500s", objective=SHARED)
    (tmp_path / ARTIFACT).touch()
    settings = {"data": {"train_images": 500}, "training": {"epochs": 1}, "objective": {"training": {"epochs": 7}}}
    plan = plan_shared(requested(experiment, tmp_path, begun=Begun(settings=settings, evaluated=10)))
    assert shared_training(plan.experiment).epochs == 7
    assert plan.experiment.data.train_images == 500
    assert plan.experiment.nas.trials == 10 + 250
    assert "the shared weights are there" in plan.lines[0]


def test_what_cost_has_to_weigh_takes_its_time(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="1064s", objective=SHARED, reward=SPREAD)
    plan = plan_shared(requested(experiment, tmp_path))
    assert shared_training(plan.experiment).epochs == 60  # as of the 1,000 s that are left
    assert plan.experiment.reward.w == "equal-spread"
    assert "64 s to see what cost has to weigh" in plan.lines[0]


def test_where_that_would_take_too_much_cost_weighs_as_it_does_unmeasured(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="250s", objective=SHARED, reward=SPREAD)
    plan = plan_shared(requested(experiment, tmp_path))
    assert plan.experiment.reward.w == 0.08
    assert plan.lines[-1] == "reward.w: 0.08, as there is too little time to measure it"
    written = plan_shared(requested(experiment, tmp_path, {"reward": {"w": "equal-spread"}}))
    assert written.experiment.reward.w == "equal-spread"
    begun = Begun(settings={"reward": {"w": 0.25}}, evaluated=10)
    assert plan_shared(requested(experiment, tmp_path, begun=begun)).experiment.reward.w == 0.25


def test_what_was_written_of_the_weights_stands(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="500s", objective=SHARED)
    plan = plan_shared(
        requested(experiment, tmp_path, {"objective": {"training": {"epochs": 2}}, "nas": {"trials": 9}})
    )
    assert shared_training(plan.experiment).epochs == 2
    assert plan.pacing is not None
    assert not plan.pacing.open_ended


def test_a_candidates_own_time_is_that_of_finalists(tmp_path: Path) -> None:
    experiment = digits(tmp_path, objective=SHARED)
    experiment = replace(experiment, training=replace(experiment.training, budget="25s"))
    plan = plan_shared(requested(experiment, tmp_path))
    assert (plan.experiment.training.epochs, plan.experiment.training.budget) == (5, None)
    assert shared_training(plan.experiment).epochs == 2

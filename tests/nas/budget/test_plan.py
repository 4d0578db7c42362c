from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from nas.budget.plan import plan_search
from nas.config import NasConfig, NasExperiment
from search_spaces.errors import InvalidInput
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

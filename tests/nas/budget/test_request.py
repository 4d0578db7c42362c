from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nas.config import NasConfig
from tests.nas.budget.plans import digits, requested
from trials.budget.begun import Begun
from trials.experiment import Compute
from trials.training_config import TrainingConfig

BEGUN = Begun(settings={}, evaluated=7)


def test_time_is_that_of_all_who_work_at_once_without_the_reserve(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="1000s")
    assert requested(experiment, tmp_path).seconds == pytest.approx(980)
    assert requested(replace(experiment, compute=Compute(concurrency=2)), tmp_path).seconds == pytest.approx(1_960)
    assert requested(replace(experiment, budget=1), tmp_path).seconds == 1


def test_the_number_of_candidates_stands_where_it_was_written_or_nothing_limits_the_time(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="1h", nas=NasConfig(trials=9))
    written = {"nas": {"trials": 9}}
    assert requested(experiment, tmp_path).candidates is None
    assert requested(experiment, tmp_path, written).candidates == 9
    assert requested(experiment, tmp_path, written, BEGUN).candidates == 2
    assert requested(replace(experiment, budget=None), tmp_path).candidates == 9


def test_what_was_evaluated_before_counts(tmp_path: Path) -> None:
    experiment = digits(tmp_path, budget="1h")
    assert requested(experiment, tmp_path).counted(5).nas.trials == 5
    assert requested(experiment, tmp_path, begun=BEGUN).counted(5).nas.trials == 12
    assert requested(experiment, tmp_path).counted(1e12).nas.trials == 1_000_000
    assert (requested(experiment, tmp_path).references, requested(experiment, tmp_path, begun=BEGUN).references) == (
        1,
        0,
    )


@pytest.mark.parametrize(("written", "seconds"), [(None, None), ("90s", 90), ("5%", 180)])
def test_what_one_candidate_may_take(written: str | None, seconds: float | None, tmp_path: Path) -> None:
    training = TrainingConfig(epochs=1, warmup_epochs=0.1, budget=written)
    assert requested(digits(tmp_path, budget="1h", training=training), tmp_path).each == seconds

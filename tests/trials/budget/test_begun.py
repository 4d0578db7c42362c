from __future__ import annotations

from pathlib import Path

from tests.trials.study.test_ledger import drain, open_ledger
from trials.budget.begun import Begun, begun_study
from trials.study.attributes import SETTINGS


def test_a_study_that_was_begun_tells_its_training_and_how_far_it_is(tmp_path: Path) -> None:
    assert begun_study(tmp_path, "test", None) is None
    assert list(tmp_path.iterdir()) == []
    ledger = open_ledger(tmp_path, budget=3)
    drain(ledger)
    settings = {
        "data": {"train_images": 640},
        "training": {"epochs": 4},
        "objective": {"training": {"epochs": 9}},
        "reward": {"w": 0.08},
    }
    ledger.study.set_user_attr(SETTINGS, settings)
    begun = begun_study(tmp_path, "test", None)
    assert begun is not None
    assert begun.evaluated == 3
    assert begun.weight_of_cost == 0.08
    assert list(begun.training.values()) == [640, 4, 9]
    assert begun_study(tmp_path, "tes", None) is None


def test_what_is_not_known_is_none() -> None:
    assert set(Begun(settings={"data": None}, evaluated=0).training.values()) == {None}

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import optuna
import pytest

from search_spaces import InvalidInput
from trials.experiment import Experiment
from trials.study.attributes import FORMAT
from trials.study.opening import open_study
from trials.study.storage import open_storage

SETTINGS = {"seed": 0, "reward": {"kind": "soft"}}


def test_changed_settings_are_refused_with_the_differing_key(tmp_path: Path) -> None:
    storage = open_storage(None, tmp_path / "study.journal")
    sampler = optuna.samplers.RandomSampler()
    open_study(storage, "test", sampler=sampler, settings=SETTINGS)
    with pytest.raises(InvalidInput) as caught:
        open_study(storage, "test", sampler=sampler, settings={"seed": 0, "reward": {"kind": "hard"}})
    assert (caught.value.key, caught.value.value) == ("reward.kind", "hard")


def test_a_setting_that_is_younger_than_the_study_had_its_default(tmp_path: Path) -> None:
    storage, sampler = open_storage(None, tmp_path / "study.journal"), optuna.samplers.RandomSampler()
    today = asdict(Experiment())
    of_old = {"seed": 0, "training": {**today["training"]}}
    del of_old["training"]["cutout"]
    open_study(storage, "test", sampler=sampler, settings=of_old)
    open_study(storage, "test", sampler=sampler, settings={"seed": 0, "training": today["training"]})
    with pytest.raises(InvalidInput, match=r"training\.cutout: got 4"):
        changed = {"seed": 0, "training": {**today["training"], "cutout": 4}}
        open_study(storage, "test", sampler=sampler, settings=changed)


def test_a_study_of_a_later_version_is_refused(tmp_path: Path) -> None:
    storage, sampler = open_storage(None, tmp_path / "study.journal"), optuna.samplers.RandomSampler()
    open_study(storage, "test", sampler=sampler, settings=SETTINGS).set_user_attr(FORMAT, 99)
    with pytest.raises(InvalidInput, match="a later version"):
        open_study(storage, "test", sampler=sampler, settings=SETTINGS)


def test_a_study_without_a_format_is_of_the_first(tmp_path: Path) -> None:
    storage, sampler = open_storage(None, tmp_path / "study.journal"), optuna.samplers.RandomSampler()
    optuna.create_study(storage=storage, study_name="test", direction="maximize").set_user_attr("settings", SETTINGS)
    open_study(storage, "test", sampler=sampler, settings=SETTINGS)

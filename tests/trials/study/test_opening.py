from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna
import pytest

from search_spaces import InvalidInput
from tests.trials.pictures import write_pictures
from trials.experiment import Compute, DataConfig, Experiment, ObjectiveConfig
from trials.study.attributes import FORMAT
from trials.study.opening import open_study
from trials.study.settings import decisive_settings
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


def test_a_setting_that_is_gone_counts_only_where_it_said_something_else(tmp_path: Path) -> None:
    def begin(name: str, **objective: str) -> None:
        settings = {"seed": 0, "objective": {"name": "shared"} | objective}
        storage = open_storage(None, tmp_path / f"{name}.journal")
        open_study(storage, "try", sampler=optuna.samplers.RandomSampler(), settings=settings)

    begin("fair", paths="fair")
    begin("fair")
    begin("sandwich", paths="sandwich")
    with pytest.raises(InvalidInput, match=r"objective\.paths: got nothing, accepted: 'sandwich'"):
        begin("sandwich")


def test_a_study_of_a_later_version_is_refused(tmp_path: Path) -> None:
    storage, sampler = open_storage(None, tmp_path / "study.journal"), optuna.samplers.RandomSampler()
    open_study(storage, "test", sampler=sampler, settings=SETTINGS).set_user_attr(FORMAT, 99)
    with pytest.raises(InvalidInput, match="a later version"):
        open_study(storage, "test", sampler=sampler, settings=SETTINGS)


def test_a_study_without_a_format_is_of_the_first(tmp_path: Path) -> None:
    storage, sampler = open_storage(None, tmp_path / "study.journal"), optuna.samplers.RandomSampler()
    optuna.create_study(storage=storage, study_name="test", direction="maximize").set_user_attr("settings", SETTINGS)
    open_study(storage, "test", sampler=sampler, settings=SETTINGS)


def opened(folder: Path, **changes: Any) -> optuna.Study:
    storage = open_storage(None, folder / "study.journal")
    settings = decisive_settings(Experiment(**changes))
    return open_study(storage, "test", sampler=optuna.samplers.RandomSampler(), settings=settings)


def began_with_an_earlier_version(folder: Path, experiment: Experiment) -> None:
    """Leave a study as versions before the number of threads counted did: with places, without threads."""
    names = ("seed", "objective", "data", "proxy", "training", "cost")
    settings = {name: section for name, section in asdict(experiment).items() if name in names}
    storage = open_storage(None, folder / "study.journal")
    open_study(storage, "test", sampler=optuna.samplers.RandomSampler(), settings=settings)


def table_at(path: str) -> ObjectiveConfig:
    return ObjectiveConfig(benchmark="accel-nasbench", path=path)


def test_another_machine_joins_with_its_own_folder_and_path(tmp_path: Path) -> None:
    opened(tmp_path, data=DataConfig(folder="/home/first"), objective=table_at("/home/first/rows.tar.gz"))
    opened(tmp_path, data=DataConfig(folder="/mnt/second"), objective=table_at("/mnt/second/rows.tar.gz"))
    with pytest.raises(InvalidInput, match=r"data\.name"):
        opened(tmp_path, data=DataConfig(name="digits", folder="/home/first"), objective=table_at("rows.tar.gz"))


def test_it_joins_a_study_of_an_earlier_version_too(tmp_path: Path) -> None:
    first = Experiment(data=DataConfig(folder="/home/first"), objective=table_at("/home/first/rows.tar.gz"))
    began_with_an_earlier_version(tmp_path, first)
    opened(tmp_path, data=DataConfig(folder="/mnt/second"), objective=table_at("/mnt/second/rows.tar.gz"))


def test_another_number_of_threads_is_refused(tmp_path: Path) -> None:
    opened(tmp_path, compute=Compute(threads=1))
    opened(tmp_path, compute=Compute(threads=1, engine="ray", concurrency=8))
    for threads in (2, None):
        with pytest.raises(InvalidInput) as caught:
            opened(tmp_path, compute=Compute(threads=threads))
        assert (caught.value.key, caught.value.value) == ("compute.threads", threads)
        assert "\n" not in str(caught.value)


def test_a_study_without_a_number_of_threads_goes_on_without_one(tmp_path: Path) -> None:
    opened(tmp_path)
    opened(tmp_path, compute=Compute(concurrency=4))
    with pytest.raises(InvalidInput, match=r"compute\.threads: got 2, accepted: None"):
        opened(tmp_path, compute=Compute(threads=2))


def test_a_study_from_before_threads_counted_goes_on_with_any(tmp_path: Path) -> None:
    began_with_an_earlier_version(tmp_path, Experiment())
    for threads in (None, 1, 2):
        opened(tmp_path, compute=Compute(threads=threads))
    with pytest.raises(InvalidInput, match="seed"):
        opened(tmp_path, seed=1, compute=Compute(threads=1))


def test_changed_images_are_refused_in_one_line(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "pictures", {"ant": 5, "bee": 5})
    data = DataConfig(name=f"folder:{root}", folder=str(tmp_path / "data"))
    opened(tmp_path, data=data)
    opened(tmp_path, data=DataConfig(name=data.name, folder=str(tmp_path / "other")))
    for one, other in (("ant", "cat"), ("bee", "ant"), ("cat", "bee")):
        (root / one).rename(root / other)
    with pytest.raises(InvalidInput, match=r"^data\.content: got '.*with which this study began") as caught:
        opened(tmp_path, data=data)
    assert "\n" not in str(caught.value)


def test_a_study_from_before_content_counted_goes_on_with_what_is_there(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "pictures", {"ant": 5, "bee": 5})
    data = DataConfig(name=f"folder:{root}", folder=str(tmp_path / "data"))
    began_with_an_earlier_version(tmp_path, Experiment(data=data))
    opened(tmp_path, data=data)


def test_a_finished_trial_that_does_not_say_its_network_is_a_damaged_storage(tmp_path: Path) -> None:
    study = opened(tmp_path)
    study.add_trial(optuna.create_trial(value=0.5, user_attrs={"network": {"key": "k", "seed": 1}}))
    opened(tmp_path)
    study.add_trial(optuna.create_trial(value=0.5))
    with pytest.raises(InvalidInput, match=r"^study test: got 'trial 1', .*the storage is damaged$"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"network": True},
        {"network": {"key": 3, "seed": 1}},
        {"network": {"key": "k", "seed": "one"}},
        {"metrics": None},
        {"metrics": {"val_accuracy": "high"}},
        {"lease": []},
        {"lease": {"attempt": "first"}},
        {"failure": 7},
        {"expected": 0.5},
        {"rungs": {"one": 0.5}},
    ],
)
def test_attributes_that_are_not_ours_are_a_damaged_storage(tmp_path: Path, spoilt: dict[str, object]) -> None:
    study = opened(tmp_path)
    whole = {
        "network": {"key": "k", "seed": 1, "flops": 3, "measured_latency_ms": None},
        "metrics": {"val_accuracy": 0.5},
        "lease": {"attempt": 1, "beat": 3},
        "expected": (0.1, 0.0, 0.2),
        "rungs": {"1": 0.4},
    }
    study.add_trial(optuna.create_trial(value=0.5, user_attrs=whole))
    opened(tmp_path)
    study.add_trial(optuna.create_trial(value=0.5, user_attrs=whole | spoilt))
    with pytest.raises(InvalidInput, match=r"^study test: got 'trial 1', .*the storage is damaged$"):
        opened(tmp_path)

from __future__ import annotations

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.storages import InMemoryStorage

from trials.study.writes import Writes, WritesCollector, write_one_by_one

KERNEL = CategoricalDistribution([3, 5])
WRITES = Writes(params={"kernel": (1, KERNEL)}, user_attrs={"a": [1]}, system_attrs={"b": "c"})


@pytest.fixture
def storage() -> InMemoryStorage:
    return InMemoryStorage()


@pytest.fixture
def trial_id(storage: InMemoryStorage) -> int:
    optuna.create_study(study_name="s", storage=storage)
    return storage.create_new_trial(storage.get_study_id_from_name("s"))


@pytest.mark.parametrize(
    ("writes", "anything"),
    [
        (Writes(), False),
        (Writes(params={"width": (0.5, FloatDistribution(0, 1))}), True),
        (Writes(user_attrs={"a": None}), True),
        (Writes(system_attrs={"b": 0}), True),
    ],
)
def test_there_is_something_to_write(writes: Writes, *, anything: bool) -> None:
    assert bool(writes) is anything


def test_what_is_collected_is_not_written(storage: InMemoryStorage, trial_id: int) -> None:
    collector = WritesCollector(storage)
    collector.set_trial_param(trial_id, "kernel", 1, KERNEL)
    collector.set_trial_user_attr(trial_id, "a", [0])
    collector.set_trial_user_attr(trial_id, "a", [1])
    collector.set_trial_system_attr(trial_id, "b", "c")
    assert collector.writes == WRITES
    trial = storage.get_trial(trial_id)
    assert (trial.params, trial.user_attrs, trial.system_attrs) == ({}, {}, {})


def test_everything_else_goes_on_to_the_storage(storage: InMemoryStorage, trial_id: int) -> None:
    collector = WritesCollector(storage)
    collector.set_trial_intermediate_value(trial_id, 1, 0.5)
    assert storage.get_trial(trial_id).intermediate_values == {1: 0.5}
    assert collector.get_trial(trial_id) is storage.get_trial(trial_id)
    assert not collector.writes


def test_one_by_one_all_is_written(storage: InMemoryStorage, trial_id: int) -> None:
    write_one_by_one(storage, trial_id, WRITES)
    trial = storage.get_trial(trial_id)
    assert (trial.params, trial.user_attrs, trial.system_attrs) == ({"kernel": 5}, {"a": [1]}, {"b": "c"})
    assert trial.distributions == {"kernel": KERNEL}

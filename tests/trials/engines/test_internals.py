"""Each name of Ray that is not documented still does what it is used for; Ray is not started."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from ray.train._internal import storage

    monkeypatch.setattr(storage, "_get_ray_train_session_dir", lambda: str(tmp_path / "session"))
    return storage.StorageContext(storage_path=str(tmp_path / "results"), experiment_dir_name="trials")


def trial_in(storage: Any) -> Any:
    from ray import tune

    resources = tune.PlacementGroupFactory([{"CPU": 1}])
    return tune.experiment.Trial("any", stub=True, storage=storage, placement_group_factory=resources)


def test_messages_about_workers_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    from ray._private import worker

    from trials.engines.internals import silence_worker_logs

    printed = []
    for silent in (False, True):
        monkeypatch.setattr(worker, "_worker_logs_enabled", True)
        if silent:
            silence_worker_logs()
        stream = io.StringIO()
        worker.print_worker_logs({"pid": 7, "lines": ["a worker died"]}, stream)
        printed.append("a worker died" in stream.getvalue())
    assert printed == [True, False]


@pytest.mark.parametrize(("count", "kept"), [(0, 1), (2, 2)])
def test_tune_keeps_as_many_idle_workers_as_asked(
    storage: Any, monkeypatch: pytest.MonkeyPatch, count: int, kept: int
) -> None:
    from ray.tune.execution.tune_controller import TuneController

    from trials.engines.internals import keep_idle_workers

    monkeypatch.setenv("TUNE_MAX_PENDING_TRIALS_PG", "1")  # or the controller asks a Ray how many there may be
    controller, trial = TuneController(storage=storage), trial_in(storage)
    keep_idle_workers(controller, trial, count)
    workers = [object(), object(), object()]
    cached = [controller._actor_cache.cache_object(trial.placement_group_factory, worker) for worker in workers]
    assert cached.count(True) == kept


def test_notes_of_all_trials_are_in_one_folder(storage: Any, tmp_path: Path) -> None:
    from trials.engines.internals import folder_of_notes

    one, other = folder_of_notes(trial_in(storage)), folder_of_notes(trial_in(storage))
    assert one == other
    assert one.name == "trials" and one.is_relative_to(tmp_path / "session")


def test_the_worker_of_a_trial_is_its_actor(storage: Any) -> None:
    from trials.engines.internals import worker_of

    trial, actor = trial_in(storage), MagicMock()
    assert worker_of(trial) is None
    trial.set_ray_actor(actor)
    assert worker_of(trial) is actor

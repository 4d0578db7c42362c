"""Every name of Ray that its documentation does not promise; an upgrade of Ray is checked here. Imports Ray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ray


def read_environment_again() -> None:
    """Let Ray take in how it is to authenticate: it has read the environment when it was imported."""
    compiled: Any = ray._raylet
    compiled.Config.initialize("")


def session_folder() -> str | None:
    """Return the folder in which the Ray of this process keeps sockets and logs, None where it has none yet."""
    node: Any = ray._private.worker._global_node
    return None if node is None else str(node.get_session_dir_path())


def silence_worker_logs() -> None:
    """Print nothing that Ray says about its workers: a dead one is told by the trial it ends.

    `log_to_driver` does not reach the messages about dead workers, and there is no other switch.
    """
    ray._private.worker._worker_logs_enabled = False


def keep_idle_workers(tune_controller: Any, trial: Any, count: int) -> None:
    """Let Tune keep `count` workers of a trial's kind that wait for their next trial.

    It keeps one only: the second of two trials that end together would lose its worker, and what that has loaded.
    """
    tune_controller._actor_cache.increase_max(trial.placement_group_factory, count)


def folder_of_notes(trial: Any) -> Path:
    """Return the folder in which Tune keeps notes of all trials of a run on this machine."""
    return Path(trial.local_experiment_path).parent


def worker_of(trial: Any) -> Any:
    """Return the handle of the actor that evaluates a trial: a report is answered while the trial goes on."""
    return trial.temporary_state.ray_actor

from __future__ import annotations

from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from tests.trials.tracking.trials import BEGAN, ENDED, trial
from trials.tracking.tracking_server import ADDRESS, TrackingServer

pytestmark = pytest.mark.slow


def test_mlflow_reads_trials_back_as_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    server = TrackingServer(tmp_path)
    server.add(trial(0))
    server.add(trial(1, state="fail", figures={}, reason="out of memory"))
    server.close()
    TrackingServer(tmp_path).add(trial(2))  # a run that goes on
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("try/nas/candidates")
    assert experiment is not None
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert sorted(runs) == ["trial 0", "trial 1", "trial 2"]
    first, failed = runs["trial 0"], runs["trial 1"]
    assert first.data.metrics == {"val_accuracy": 0.5, "flops": 1e6}
    assert first.data.params == {"stage1.kernel_size": "3", "stage1.op": "mbconv"}
    assert (first.info.status, failed.info.status) == ("FINISHED", "FAILED")
    assert failed.data.tags["reason"] == "out of memory"
    assert (first.info.start_time, first.info.end_time) == (1000 * BEGAN.timestamp(), 1000 * ENDED.timestamp())


def test_a_server_of_the_users_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path}/theirs.db")
    TrackingServer(tmp_path / "ours")
    assert (tmp_path / "theirs.db").is_file()
    assert not (tmp_path / "ours").exists()

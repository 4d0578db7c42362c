"""Trials as runs of MLflow, by its client. The package mlflow (or mlflow-skinny) is an extra. No torch."""

from __future__ import annotations

import logging
import os
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trials.tracking.finished_trial import FinishedTrial

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

FILE, ADDRESS = "mlflow.db", "MLFLOW_TRACKING_URI"
LONGEST_TAG, LONGEST_PARAMETER = 5000, 6000  # characters that MLflow takes
STATUS = {"complete": "FINISHED", "fail": "FAILED", "pruned": "KILLED"}


class TrackingServer:
    """An experiment of MLflow for each study, a run for each trial.

    They go where MLFLOW_TRACKING_URI says, else into the SQLite file `mlflow.db` of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._experiments: dict[str, str] = {}
        self._client = _client(os.environ.get(ADDRESS) or f"sqlite:///{folder / FILE}")

    def add(self, trial: FinishedTrial) -> None:
        """Write a trial as a run."""
        from mlflow.entities import Metric, Param, RunTag

        began = _milliseconds(trial.began)
        run = self._client.create_run(self._experiment(trial.study), start_time=began, run_name=trial.name)
        tags = {"state": trial.state, "number": str(trial.number), "reason": trial.reason[:LONGEST_TAG]}
        self._client.log_batch(
            run.info.run_id,
            metrics=[Metric(name, value, began, trial.number) for name, value in trial.figures.items()],
            params=[Param(name, str(value)[:LONGEST_PARAMETER]) for name, value in trial.parameters.items()],
            tags=[RunTag(name, value) for name, value in tags.items() if value],
        )
        self._client.set_terminated(run.info.run_id, STATUS.get(trial.state), _milliseconds(trial.ended))

    def close(self) -> None:
        """Do nothing: every run is written when its trial ends."""

    def _experiment(self, study: str) -> str:
        """Return the experiment of a study, which an earlier run of it may have made."""
        if study not in self._experiments:
            found = self._client.get_experiment_by_name(study)
            artifacts = (self._folder / "mlflow").as_uri()
            known = found.experiment_id if found is not None else self._client.create_experiment(study, artifacts)
            self._experiments[study] = known
        return self._experiments[study]


def _client(address: str) -> MlflowClient:
    """Return the client of a store; MLflow tells nobody that it is used, and prints no notes."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=address)


def _milliseconds(moment: datetime | None) -> int:
    return round(1000 * (time.time() if moment is None else moment.timestamp()))

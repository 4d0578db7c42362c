"""Trials as TensorBoard's event files, by the writer that torch has. The package tensorboard is an extra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trials.tracking.finished_trial import FinishedTrial

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

FOLDER = "tensorboard"


class EventFiles:
    """A folder of event files for each study: every figure over the trials, and the trials as hyperparameters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._writers: dict[str, SummaryWriter] = {}

    def add(self, trial: FinishedTrial) -> None:
        """Write the figures of a trial at its number; those of a trial that has a value beside its parameters too."""
        writer = self._writer(trial.study)
        for name, value in trial.figures.items():
            writer.add_scalar(name, value, trial.number)
        if trial.state == "complete" and trial.parameters:
            parameters = {name: _plain(value) for name, value in trial.parameters.items()}
            writer.add_hparams(
                parameters,
                {f"trial/{name}": value for name, value in trial.figures.items()},
                run_name=f"trial-{trial.number}",
                global_step=trial.number,
            )
        writer.flush()

    def close(self) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()

    def _writer(self, study: str) -> SummaryWriter:
        from torch.utils.tensorboard import SummaryWriter

        if study not in self._writers:
            self._writers[study] = SummaryWriter(str(self._folder / study.rpartition("/")[2]))
        return self._writers[study]


def _plain(value: object) -> bool | int | float | str:
    return value if isinstance(value, bool | int | float | str) else str(value)

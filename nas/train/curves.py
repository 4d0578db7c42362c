"""The epochs of a full training as lines, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from search_spaces.files import atomic_write
from trials.study.report import write_csv

if TYPE_CHECKING:
    from trials.training.state import EpochResult

HISTORY, CURVES = "history.csv", "curves.png"


class EpochLines:
    """Print one line an epoch with the time left, and keep `history.csv` up to date."""

    def __init__(self, console: Console, folder: Path, total: int) -> None:
        self._console = console
        self._folder = folder
        self._total = total
        self._history: list[EpochResult] = []

    def add(self, epoch: EpochResult) -> None:
        """Take in an epoch that ended, in this process or before the interruption."""
        self._history.append(epoch)
        write_history(self._history, self._folder)
        seconds = sum(result.seconds for result in self._history) / len(self._history)
        left = round(seconds * (self._total - epoch.epoch))
        losses = f"training loss {epoch.train_loss:.4f}  validation loss {epoch.val_loss:.4f}"
        line = f"epoch {epoch.epoch}/{self._total}  {losses}  accuracy {epoch.val_accuracy:.4f}"
        self._console.print(f"{line}  left {left // 60}:{left % 60:02d}", highlight=False, soft_wrap=True)


def write_history(history: Sequence[EpochResult], folder: Path) -> None:
    """Write one row an epoch: losses, validation accuracy in [0, 1], seconds."""
    import pandas as pd

    write_csv(pd.DataFrame([asdict(epoch) for epoch in history]), folder / HISTORY)


def plot_curves(history: Sequence[EpochResult], test_accuracy: float, title: str, folder: Path) -> None:
    """Draw losses and validation accuracy over the epochs, and the test accuracy at the end; PNG, atomic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), dpi=144, layout="constrained")
    losses, accuracies = figure.subplots(1, 2)
    epochs = [result.epoch for result in history]
    losses.plot(
        epochs, [result.train_loss for result in history], color="#7a9cc6", marker=".", label="training, as smoothed"
    )
    losses.plot(epochs, [result.val_loss for result in history], color="#2b4c7e", marker=".", label="validation")
    losses.set_ylabel("cross-entropy (nats)")
    accuracies.plot(
        epochs, [result.val_accuracy for result in history], color="#2b4c7e", marker=".", label="validation"
    )
    accuracies.scatter(
        epochs[-1:], [test_accuracy], color="#d1495b", marker="D", zorder=3, label=f"test {test_accuracy:.4f}"
    )
    accuracies.set_ylabel("accuracy")
    for axes in (losses, accuracies):
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.25, lw=0.5)
        axes.legend(frameon=False, fontsize=8)
    figure.suptitle(title, fontsize=10)
    with atomic_write(folder / CURVES, "wb") as stream:
        figure.savefig(stream, format="png")

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from nas.train.curves import CURVES, HISTORY, EpochLines, plot_curves
from tests.nas.screens import png_size, printed
from trials.training.state import EpochResult

EPOCHS = [
    EpochResult(epoch=1, train_loss=2.5, val_accuracy=0.25, val_loss=2.25, seconds=30.0),
    EpochResult(epoch=2, train_loss=1.5, val_accuracy=0.5, val_loss=1.75, seconds=60.0),
    EpochResult(epoch=3, train_loss=1.0, val_accuracy=0.75, val_loss=1.25, seconds=60.0),
]


def test_a_line_an_epoch_with_the_time_left(tmp_path: Path) -> None:
    def show(console: Console) -> None:
        lines = EpochLines(console, tmp_path, total=4)
        for epoch in EPOCHS[:2]:
            lines.add(epoch)

    first, second = printed(show).splitlines()
    assert first == "epoch 1/4  training loss 2.5000  validation loss 2.2500  accuracy 0.2500  left 1:30"
    assert second.endswith("accuracy 0.5000  left 1:30")  # two epochs of 45 s


def test_the_table_holds_every_epoch_so_far(tmp_path: Path) -> None:
    def show(console: Console) -> None:
        lines = EpochLines(console, tmp_path, total=3)
        for count, epoch in enumerate(EPOCHS, start=1):
            lines.add(epoch)
            assert len(pd.read_csv(tmp_path / HISTORY)) == count

    printed(show)
    table = pd.read_csv(tmp_path / HISTORY)
    assert list(table["val_loss"]) == [2.25, 1.75, 1.25]
    assert list(table["seconds"]) == [30, 60, 60]


def test_the_picture_holds_both_losses_the_accuracy_and_the_test(tmp_path: Path, figures: list[Figure]) -> None:
    plot_curves(EPOCHS, 0.7, "a title", tmp_path)
    assert png_size(tmp_path / CURVES) == (1296, 547)
    losses, accuracies = figures[0].axes
    assert [list(line.get_ydata()) for line in losses.lines] == [[2.5, 1.5, 1.0], [2.25, 1.75, 1.25]]
    assert list(accuracies.lines[0].get_ydata()) == [0.25, 0.5, 0.75]
    (point,) = accuracies.collections[0].get_offsets()
    assert tuple(point) == pytest.approx((3, 0.7))

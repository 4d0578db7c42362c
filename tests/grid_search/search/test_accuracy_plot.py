from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.image import imread

from grid_search.search.accuracy_plot import COLOURS, CONTROL, plot_accuracies
from grid_search.search.decision import decide
from tests.grid_search.search.test_decision import trials

ACCURACIES = {"compound_1": [0.80, 0.81], "depth_only_1": [0.60, 0.61], "width_only_1": [0.80, 0.805]}


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Axes:
    """Return the axes of a figure that was drawn to accuracies.png."""
    figures: list[Any] = []
    save = matplotlib.figure.Figure.savefig

    def note(figure: Any, *arguments: Any, **settings: Any) -> None:
        figures.append(figure)
        save(figure, *arguments, **settings)

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", note)
    table = trials(**ACCURACIES)
    failed = table.iloc[:1].assign(state="fail", val_accuracy=0.99)
    table = pd.concat([table, failed], ignore_index=True)
    decision = decide(table)
    assert decision is not None
    plot_accuracies(table, decision.networks, tmp_path / "accuracies.png")
    figure = figures[0]  # the others are its other formats
    axes: Axes = figure.axes[0]
    return axes


def test_the_picture_grows_with_the_networks(drawn: Axes, tmp_path: Path) -> None:
    height, width, _ = imread(tmp_path / "accuracies.png").shape
    assert (width, height) == (8 * 144, int((1.3 + 0.3 * len(drawn.lines)) * 144))
    assert len(drawn.lines) == 3


def test_dots_are_the_seeds_that_ended_and_diamonds_their_means(drawn: Axes) -> None:
    dots = [np.asarray(one.get_offsets()) for one in drawn.collections]
    assert np.allclose(dots, [[[60, 0], [61, 0]], [[80, 1], [80.5, 1]], [[80, 2], [81, 2]]])
    means = [np.ravel(line.get_xydata()).tolist() for line in drawn.lines]
    assert means == [pytest.approx(mean) for mean in ([60.5, 0], [80.25, 1], [80.5, 2])]


def test_what_is_tied_is_filled_in_the_colour_of_its_role(drawn: Axes) -> None:
    colours = [(line.get_color(), line.get_markerfacecolor()) for line in drawn.lines]
    assert colours == [(CONTROL, "white"), (CONTROL, CONTROL), (COLOURS["compound"], COLOURS["compound"])]
    assert np.allclose(drawn.collections[2].get_facecolor()[0], to_rgba(COLOURS["compound"], 0.5))


def test_rows_are_named_by_role_coefficients_and_cost(drawn: Axes) -> None:
    assert [label.get_text() for label in drawn.get_yticklabels()] == [
        "depth only   α 1.1 β 1.1 γ 1.1   2.00x",
        "width only   α 1.2 β 1.1 γ 1.1   2.00x",
        "compound   α 1 β 1.1 γ 1.1   2.00x",
    ]

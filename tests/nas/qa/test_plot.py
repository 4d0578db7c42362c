from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from nas.qa.plot import plot_quality
from nas.qa.rank_correlation import Estimate
from tests.nas.screens import png_size

TABLE = pd.DataFrame({"proxy": [0.25, 0.5], "longer": [0.5, 0.75], "proxy_sd": [0.125, 0.0]})
TAUS = {"proxy": Estimate(value=0.5, low=0.25, high=0.75), "flops": Estimate(value=-0.25, low=-0.5, high=0.0)}


def test_networks_are_points_with_bars_between_seeds(tmp_path: Path, figures: list[Figure]) -> None:
    plot_quality(TABLE, TAUS, (1, 4), tmp_path / "qa.png")
    assert png_size(tmp_path / "qa.png") == (1440, 648)
    scatter, _ = figures[0].axes
    assert scatter.lines[0].get_xydata().tolist() == [[0.25, 0.5], [0.5, 0.75]]
    (bars,) = scatter.collections
    ends = [path.vertices[:, 0].tolist() for path in bars.get_paths()]
    assert ends == [[0.125, 0.375], [0.5, 0.5]]


def test_taus_are_drawn_with_intervals_from_the_top(tmp_path: Path, figures: list[Figure]) -> None:
    plot_quality(TABLE, TAUS, (1, 4), tmp_path / "qa.png")
    ranks = figures[0].axes[1]
    drawn = [line.get_xydata().tolist() for line in ranks.lines[:-1]]
    assert drawn == [[[-0.5, 0], [0, 0]], [[-0.25, 0]], [[0.25, 1], [0.75, 1]], [[0.5, 1]]]
    assert [label.get_text() for label in ranks.get_yticklabels()] == ["flops", "proxy"]


def test_the_schedules_are_told(tmp_path: Path, figures: list[Figure]) -> None:
    for short in (1, 2):
        plot_quality(TABLE, TAUS, (short, 4), tmp_path / "qa.png")
    labels = [figure.axes[0].get_xlabel() for figure in figures]
    assert "(1 epoch)" in labels[0]
    assert "(2 epochs)" in labels[1]
    assert figures[0].axes[0].get_ylabel() == "validation accuracy, 4 epochs"

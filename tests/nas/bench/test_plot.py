from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from nas.bench.incumbents import Replay
from nas.bench.plot import COLOURS, plot_curves
from tests.nas.screens import png_size


def made_run(sampler: str, seed: int, curve: list[float]) -> Replay:
    return Replay(sampler=sampler, seed=seed, observed=np.array(curve), expected={}, seconds_per_proposal=0.5)


def test_the_median_and_quartiles_of_every_sampler_are_drawn(tmp_path: Path, figures: list[Figure]) -> None:
    runs = [made_run("random", seed, [float(seed), 10.0 * seed]) for seed in range(5)]
    plot_curves([*runs, made_run("tpe", 0, [7.0, 8.0])], 30.0, tmp_path / "curves.png")
    assert png_size(tmp_path / "curves.png") == (1080, 720)
    (axes,) = figures[0].axes
    first, second, line = axes.lines
    assert list(first.get_ydata()) == [2, 20]
    assert list(second.get_ydata()) == [7, 8]
    assert set(line.get_ydata()) == {30}
    (path,) = axes.collections[0].get_paths()
    corners = {(float(x), float(y)) for x, y in path.vertices}
    assert {(1, 1), (1, 3), (2, 10), (2, 30)} <= corners


def test_the_legend_counts_the_runs(tmp_path: Path, figures: list[Figure]) -> None:
    plot_curves([made_run("tpe", seed, [1.0, 2.0]) for seed in range(3)], 2.0, tmp_path / "curves.png")
    legend = figures[0].axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["tpe (3 runs)", "EfficientNet-B0"]


def test_more_samplers_than_colours_are_all_drawn(tmp_path: Path, figures: list[Figure]) -> None:
    names = [f"sampler-{index}" for index in range(len(COLOURS) + 1)]
    plot_curves([made_run(name, 0, [1.0, 2.0]) for name in names], 2.0, tmp_path / "curves.png")
    lines = figures[0].axes[0].lines
    assert len(lines) == len(names) + 1
    assert lines[0].get_color() == lines[len(COLOURS)].get_color()

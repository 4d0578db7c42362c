"""Figures of a grid. Matplotlib is imported when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from grid_search.grid.enumeration import Grid
from search_spaces.files import atomic_write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MUTED, CANDIDATE, ON_TARGET, PAPER = "#222222", "#8a8a8a", "#4477aa", "#228833", "#cc3311"
PAPER_ANSWER = (1.2, 1.1, 1.15)


def plot_nominal_measured(grids: Grid | Mapping[str, Grid], path: Path) -> None:
    """Draw measured against nominal cost, one panel for each grid (its key is the title), as a PNG.

    The diagonal is where nominal is true; the band is the target with its tolerance; EfficientNet's own answer is
    named where it is among the candidates.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    named = grids if isinstance(grids, Mapping) else {"": grids}
    figure = Figure(figsize=(5.4 * len(named), 4.9), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(named), squeeze=False, sharey=True)[0]
    for panel, (title, grid) in zip(panels, named.items(), strict=True):
        _draw(panel, grid)
        panel.set_title(_headline(title, grid), loc="left", fontsize=10.5, color=INK)
        panel.set_xlabel("nominal cost  α · β² · γ²  (baselines)")
    panels[0].set_ylabel("measured cost after rounding (baselines)")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, columnspacing=1.0, frameon=False, fontsize=8.5)
    with atomic_write(path, "wb") as stream:
        figure.savefig(stream, format="png", dpi=150)


def _headline(title: str, grid: Grid) -> str:
    near = _on_target(grid)
    target = f"{grid.config.target:g} ± {grid.config.tolerance:g}"
    counts = f"{len(grid.frame)} candidates, {len(grid.distinct)} distinct; measured {target}: "
    counts += f"{near.sum()}, {(near & grid.frame['chosen']).sum()} distinct"
    return f"{title}\n{counts}" if title else counts


def _on_target(grid: Grid) -> pd.Series:
    """Tell the candidates whose measured cost lies within the tolerance of the target."""
    return (grid.frame["ratio"] - grid.config.target).abs() <= grid.config.tolerance


def _draw(panel: Axes, grid: Grid) -> None:
    target, tolerance = grid.config.target, grid.config.tolerance
    nominal, ratio = grid.frame["nominal"], grid.frame["ratio"]
    near = _on_target(grid)
    low = min(target - tolerance, nominal.min()) - 0.9 * tolerance
    high = max(target + tolerance, nominal.max()) + 0.2 * tolerance
    panel.axhspan(target - tolerance, target + tolerance, color=ON_TARGET, alpha=0.13, linewidth=0)
    panel.plot([low, high], [low, high], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), label="measured = nominal")
    for chosen, color, label in ((~near, CANDIDATE, "candidate"), (near, ON_TARGET, "candidate on target")):
        panel.scatter(nominal[chosen], ratio[chosen], s=26, alpha=0.75, linewidths=0, color=color, label=label)
    panel.set_xlim(low, high)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(axis="y", color="#e6e6e6", linewidth=0.7)
    panel.set_axisbelow(True)
    _mark_paper(panel, grid)


def _mark_paper(panel: Axes, grid: Grid) -> None:
    frame = grid.frame
    off = sum((frame[name] - value).abs() for name, value in zip(("alpha", "beta", "gamma"), PAPER_ANSWER, strict=True))
    if off.min() > 1e-6:
        return
    row = frame.loc[off.idxmin()]
    panel.scatter([row["nominal"]], [row["ratio"]], s=70, facecolors="none", edgecolors=PAPER, linewidths=1.6, zorder=3)
    panel.annotate(
        f"1.2 / 1.1 / 1.15\n{row['ratio']:.2f}×",
        (row["nominal"], row["ratio"]),
        xytext=(-10, 0),
        textcoords="offset points",
        horizontalalignment="right",
        verticalalignment="center",
        fontsize=8.5,
        color=PAPER,
    )

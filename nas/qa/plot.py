"""The picture of `nas qa`: the proxy against the longer schedule, and every predictor's tau. No torch."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from search_spaces.files import atomic_write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from nas.qa.rank_correlation import Estimate


def plot_quality(table: pd.DataFrame, taus: Mapping[str, Estimate], epochs: tuple[int, int], path: Path) -> None:
    """Draw accuracy after the longer schedule over the proxy's, and Kendall's tau with 95 % intervals; PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.5), dpi=144, layout="constrained")
    scatter, ranks = figure.subplots(1, 2)
    scatter.errorbar(
        table["proxy"], table["longer"], xerr=table["proxy_sd"], fmt="o", ms=5, color="#2b4c7e", ecolor="#7a9cc6"
    )
    scatter.set_xlabel(f"validation accuracy, proxy ({epochs[0]} epoch{'s' * (epochs[0] > 1)}); bars: sd between seeds")
    scatter.set_ylabel(f"validation accuracy, {epochs[1]} epochs")
    scatter.grid(alpha=0.25)
    draw_taus(ranks, taus, ("proxy",), f"accuracy after {epochs[1]} epochs")
    with atomic_write(path, "wb") as stream:
        figure.savefig(stream, format="png")


def draw_taus(axes: Axes, taus: Mapping[str, Estimate], own: Container[str], target: str) -> None:
    """Draw Kendall's tau of every predictor with `target`, from the top, the experiment's `own` in another colour."""
    names = list(taus)[::-1]
    for position, name in enumerate(names):
        found = taus[name]
        colour = "#d1495b" if name in own else "#5f6b73"
        axes.plot([found.low, found.high], [position, position], color=colour, lw=2)
        axes.plot([found.value], [position], "o", color=colour, ms=6)
    axes.axvline(0, color="black", lw=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(f"Kendall's tau with {target}, 95 % interval")
    axes.grid(alpha=0.25, axis="x")

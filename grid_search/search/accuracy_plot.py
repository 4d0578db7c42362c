"""The figure of a scaling search: every network's seeds and mean, best on top. Matplotlib is imported when drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grid_search.compound_scaling import COEFFICIENTS
from grid_search.search.candidates import BASELINE, COMPOUND, PAPER
from trials.page.pictures import save_picture

if TYPE_CHECKING:
    import pandas as pd

COLOURS = {COMPOUND: "#4477aa", PAPER: "#cc3311", BASELINE: "#8a8a8a"}
CONTROL = "#228833"


def plot_accuracies(trials: pd.DataFrame, networks: pd.DataFrame, path: Path) -> None:
    """Draw a row per network: a dot for each seed, a bar at the mean, filled where tied with the best (PNG and SVG)."""
    from matplotlib.figure import Figure

    ordered = networks.sort_values("accuracy").reset_index(drop=True)
    figure = Figure(figsize=(8, 1.3 + 0.3 * len(ordered)), dpi=144, layout="constrained")
    axes = figure.subplots()
    named = ["role", *COEFFICIENTS]
    for position, row in ordered.iterrows():
        colour = COLOURS.get(str(row["role"]), CONTROL)
        same = (trials[named] == row[named]).all(axis=1) & (trials["state"] == "complete")
        seeds = 100 * trials.loc[same, "val_accuracy"]
        axes.scatter(seeds, [position] * len(seeds), s=16, color=colour, alpha=0.5, linewidths=0)
        face = colour if row["tied"] else "white"
        axes.plot(100 * row["accuracy"], position, marker="D", ms=6.5, color=colour, ls="none", markerfacecolor=face)
    axes.set_yticks(range(len(ordered)), [_label(row) for _, row in ordered.iterrows()], fontsize=8)
    axes.set_xlabel("validation accuracy of the proxy (%): dots are seeds, diamonds means, filled = tied with the best")
    axes.xaxis.label.set_fontsize(8)
    axes.grid(axis="x", alpha=0.25, lw=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    save_picture(figure, path)


def _label(row: pd.Series) -> str:
    values = " ".join(f"{letter} {row[axis]:.3g}" for letter, axis in zip("αβγ", COEFFICIENTS, strict=True))
    return f"{row['role']}   {values}   {row['ratio']:.2f}x"

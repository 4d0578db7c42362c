"""The picture of a bench: regret against trainings. Matplotlib is imported when drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grid_search.bench.replay import METHODS
from trials.page.pictures import save_picture

if TYPE_CHECKING:
    import pandas as pd

COLOURS = {"law": "#4477aa", "grid": "#cc3311", "random": "#8a8a8a"}
LINES = {"paper": "-", "depth only": ":", "width only": "--", "resolution only": "-."}


def plot_regret(steps: pd.DataFrame, path: Path) -> None:
    """Draw the mean regret of each method after every training, over all problems and seeds, quartiles shaded."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 4.6), dpi=144, layout="constrained")
    axes = figure.subplots()
    for method in [one for one in METHODS if (steps["method"] == one).any()]:
        runs = steps[steps["method"] == method].groupby("trainings")["regret"]
        middle, low, high = runs.mean(), runs.quantile(0.25), runs.quantile(0.75)
        axes.plot(middle.index, middle, color=COLOURS[method], lw=1.8, label=method)
        axes.fill_between(middle.index, low, high, color=COLOURS[method], alpha=0.15, lw=0)
    for method, style in LINES.items():
        known = steps[steps["method"] == method]["regret"]
        if len(known):
            axes.axhline(known.mean(), color="#555555", lw=1, ls=style, label=method)
    axes.set(xlabel="trainings", ylabel="regret (points of accuracy): mean and quartiles")
    rivals = steps[steps["method"].isin(["grid", "random"])]["regret"]
    axes.set_ylim(0, 1.15 * max(0.2, 2 * float(rivals.mean()) if len(rivals) else 0.2))
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    save_picture(figure, path)

"""The picture of networks trained alike: accuracy over cost, what a law foretold beside. Matplotlib when drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trials.page.pictures import save_picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = ("#4477aa", "#cc3311", "#228833", "#ee8866", "#aa4499", "#66ccee", "#bbbb33", "#8a8a8a")


def plot_families(table: pd.DataFrame, path: Path, dearest: float | None) -> None:
    """Draw each network's mean accuracy with its interval, a colour for each folder, and the law's bands (PNG, SVG).

    `dearest` is the cost in baselines beyond which the law extrapolates.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    figure = Figure(figsize=(8, 4.5), dpi=144, layout="constrained")
    panel = figure.subplots()
    families = table["network"].str.rsplit("/", n=1).str[0]
    for place, (family, rows) in enumerate(table.groupby(families, sort=False)):
        shift = 1 + 0.012 * (place - len(families.unique()) / 2)  # beside one another
        colour = COLOURS[place % len(COLOURS)]
        _draw(panel, rows, shift, colour, str(family))
        if "law" in rows:
            _draw_foretold(panel, rows, shift, colour)
    if dearest is not None:
        panel.axvline(dearest, color="#8a8a8a", lw=1, ls=":")
    panel.set_xscale("log", base=2)
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}x"))
    told = "" if dearest is None else "; hollow: what the law foretold, 90 %; dotted: beyond here it extrapolates"
    panel.set_xlabel(f"cost (baselines){told}", fontsize=8)
    panel.set_ylabel("validation accuracy (%), mean of the seeds and 95 % interval", fontsize=8)
    panel.grid(alpha=0.25, lw=0.5)
    panel.legend(fontsize=8, frameon=False)
    panel.spines[["top", "right"]].set_visible(False)
    save_picture(figure, path)


def _draw(panel: Axes, rows: pd.DataFrame, shift: float, colour: str, label: str) -> None:
    trained = rows[rows["seeds"] > 0]
    means = 100 * trained["val_accuracy"]
    margins = 100 * (trained["high"] - trained["val_accuracy"]).fillna(0)
    panel.errorbar(
        trained["ratio"] * shift, means, yerr=margins, marker="o", ms=5, ls="none", color=colour, capsize=2, label=label
    )


def _draw_foretold(panel: Axes, rows: pd.DataFrame, shift: float, colour: str) -> None:
    told = rows[rows["law"].notna()]
    places = told["ratio"] * shift * 1.008
    panel.vlines(places, 100 * told["law_low"], 100 * told["law_high"], color=colour, lw=4, alpha=0.25)
    panel.plot(places, 100 * told["law"], marker="D", ms=5, ls="none", color=colour, markerfacecolor="white")

"""The picture of a law: accuracy of the family over cost, and how deep, wide and sharp it is. Matplotlib when drawn."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import numpy as np

from grid_search.compound_scaling import AXES
from grid_search.law_search.report import LawReport
from grid_search.law_search.search import LAW, POINTS, SEARCHED, whole_shape
from trials.page.pictures import save_picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = {"depth": "#4477aa", "width": "#cc3311", "resolution": "#228833"}
DEAREST_SHOWN = 4.0  # times the dearest network that was trained
ROLES = {LAW: ("o", "#8a8a8a"), SEARCHED: ("^", "#aa3377"), "compound": ("D", "#222222"), "baseline": ("s", "#222222")}


def plot_law(report: LawReport, trials: pd.DataFrame, path: FilePath) -> None:
    """Draw what the law foretells with its band over the trained networks, and the path with intervals (PNG, SVG)."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    figure = Figure(figsize=(10, 4.2), dpi=144, layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_accuracy(left, report, trials)
    _draw_path(right, report)
    for panel in (left, right):
        panel.set_xscale("log", base=2)
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}x"))
        panel.axvline(report.dearest, color="#8a8a8a", lw=1, ls=":")
        panel.set_xlabel("cost (baselines); dotted: beyond here the law extrapolates", fontsize=8)
        panel.grid(alpha=0.25, lw=0.5)
        panel.legend(fontsize=8, frameon=False)
        panel.spines[["top", "right"]].set_visible(False)
    save_picture(figure, path)


def _draw_accuracy(panel: Axes, report: LawReport, trials: pd.DataFrame) -> None:
    steps = [one for one in report.path.answers if one.ratio <= DEAREST_SHOWN * report.dearest]
    ratios = [one.ratio for one in steps]
    panel.plot(ratios, [one.accuracy for one in steps], color="#4477aa", label="best shape, by the law")
    low, high = zip(*(one.band for one in steps), strict=True)
    panel.fill_between(ratios, low, high, color="#4477aa", alpha=0.15, lw=0)
    done = trials[(trials["state"] == "complete") & trials["epochs"].isna()]
    for role, rows in done.groupby(done["role"].where(done["role"].isin(ROLES), "control"), sort=False):
        marker, colour = ROLES.get(str(role), ("x", "#ee8866"))
        panel.scatter(rows["ratio"], POINTS * rows["val_accuracy"], s=14, marker=marker, color=colour, label=role)
    panel.set_ylabel("validation accuracy of the proxy (%), band 90 %", fontsize=8)


def _draw_path(panel: Axes, report: LawReport) -> None:
    pool = report.pool
    steps = [one for one in report.path.answers if one.ratio <= DEAREST_SHOWN * report.dearest]
    ratios = [one.ratio for one in steps]
    sizes, low, high = (
        np.exp([whole_shape(pool, getattr(one, name)) for one in steps]) for name in ("shape", "low", "high")
    )
    for place, axis in enumerate(AXES):
        panel.plot(ratios, sizes[:, place], color=COLOURS[axis], label=axis)
        panel.fill_between(ratios, low[:, place], high[:, place], color=COLOURS[axis], alpha=0.12, lw=0)
    panel.set_yscale("log", base=2)
    panel.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    panel.set_ylabel("size in baselines, intervals 90 %", fontsize=8)

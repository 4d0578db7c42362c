"""Accuracy against FLOPs, in the conventions of the field: cost on a logarithmic axis."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from trials.experiment import Experiment
from trials.page.pictures import save_picture

if TYPE_CHECKING:
    import pandas as pd


def plot_accuracy_against_flops(
    candidates: pd.DataFrame,
    references: pd.DataFrame,
    front: pd.DataFrame,
    found: int,
    path: Path,
    experiment: Experiment,
) -> None:
    """Draw evaluated candidates, Pareto front, the trial that was found, published networks, limit, target (PNG, SVG).

    The limit and the target are vertical lines where they are of FLOPs.
    """
    from matplotlib.figure import Figure

    measure = experiment.objective.measure
    figure = Figure(figsize=(7.5, 5), dpi=144, layout="constrained")
    axes = figure.subplots()
    done = candidates[candidates["state"] == "complete"]
    axes.scatter(done["flops"] / 1e6, done[measure], s=28, color="#7a9cc6", label="candidates")
    axes.step(front["flops"] / 1e6, front[measure], where="post", color="#2b4c7e", lw=1.2, label="Pareto front")
    best = done[done["number"] == found].iloc[0]
    axes.scatter(best["flops"] / 1e6, best[measure], s=170, marker="*", color="#d1495b", zorder=4, label="found")
    published = references[references["state"] == "complete"]
    if measure not in published:  # none were judged, so nothing tells of their metrics
        published = published.assign(**{measure: math.nan})
    axes.scatter(
        published["flops"] / 1e6,
        published[measure],
        s=44,
        marker="D",
        color="#3a7d44",
        zorder=3,
        label="published networks",
    )
    for row in published.itertuples():
        axes.annotate(
            str(row.name),
            (row.flops / 1e6, getattr(row, measure)),
            xytext=(6, -11),
            textcoords="offset points",
            fontsize=8,
        )
    axes.set_xscale("log")
    for label, (flops, colour, style) in flops_lines(experiment).items():
        axes.axvline(flops / 1e6, color=colour, ls=style, lw=1.2, zorder=1, label=label)
    _plain_ticks(axes)
    axes.set_xlabel("FLOPs of the full network (millions of multiply-adds)")
    axes.set_ylabel("validation accuracy of the proxy" if measure == "val_accuracy" else f"{measure} of the proxy")
    axes.grid(alpha=0.25, which="both", lw=0.5)
    figure.legend(frameon=False, fontsize=8, loc="outside upper center", ncols=4)
    save_picture(figure, path)


def flops_lines(experiment: Experiment) -> dict[str, tuple[float, str, str]]:
    """Return label -> (FLOPs, colour, line style) of the limit and of the reward's target, where there are such."""
    lines = {}
    limit, reward = experiment.limits.max_flops, experiment.reward
    if limit is not None:
        lines[f"limit ({float(limit) / 1e6:,g}M)"] = (float(limit), "#8b1e3f", "-")
    if reward.cost == "flops" and experiment.objective.measure == "val_accuracy":
        lines[f"target of the reward ({float(reward.target) / 1e6:,g}M)"] = (float(reward.target), "#e08e45", "--")
    return lines


def _plain_ticks(axes: object) -> None:
    from matplotlib.axes import Axes
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    if not isinstance(axes, Axes):
        raise TypeError(axes)
    axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 3, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())

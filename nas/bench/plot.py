"""Curves of a benchmark with bands: how good the incumbent is after how many evaluations. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search_spaces.files import atomic_write

if TYPE_CHECKING:
    from nas.bench.incumbents import Replay

COLOURS = ("#d1495b", "#2b4c7e", "#3a7d44", "#e0a030", "#7b4b94", "#5f6b73", "#4aa5a2", "#8c5a3c")


def plot_curves(runs: Sequence[Replay], score: float, path: Path) -> None:
    """Draw the median score of the incumbent and its quartiles for every sampler, and EfficientNet-B0's; PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 5), dpi=144, layout="constrained")
    axes = figure.subplots()
    names = list(dict.fromkeys(run.sampler for run in runs))
    for position, name in enumerate(names):
        colour = COLOURS[position % len(COLOURS)]
        scores = np.array([run.observed for run in runs if run.sampler == name])  # [runs, evaluations]
        low, middle, high = np.quantile(scores, [0.25, 0.5, 0.75], axis=0)
        evaluations = np.arange(1, scores.shape[1] + 1)
        axes.plot(evaluations, middle, color=colour, lw=1.8, label=f"{name} ({len(scores)} runs)")
        axes.fill_between(evaluations, low, high, color=colour, alpha=0.15, lw=0)
    axes.axhline(score, color="black", lw=1, ls="--", label="EfficientNet-B0")
    axes.set(xscale="log", xlabel="evaluations", ylabel="score of the incumbent (100 × reward), median and quartiles")
    axes.set_ylim(bottom=score - 4)
    axes.grid(alpha=0.25)
    axes.legend(loc="lower right")
    with atomic_write(path, "wb") as stream:
        figure.savefig(stream, format="png")

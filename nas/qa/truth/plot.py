"""The picture of `nas qa --truth`: what was measured against the truth, and every predictor's tau. No torch."""

from __future__ import annotations

from pathlib import Path

from nas.qa.truth.figures import Agreement
from search_spaces.files import atomic_write


def plot_agreement(agreement: Agreement, path: Path) -> None:
    """Draw the true accuracy over the experiment's reward, and Kendall's tau with 95 % intervals; PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.5), dpi=144, layout="constrained")
    scatter, ranks = figure.subplots(1, 2)
    table = agreement.table
    if "reward" in table:
        scatter.plot(table["reward"], table["truth"], "o", ms=5, color="#2b4c7e")
    scatter.set_xlabel("reward of the experiment")
    scatter.set_ylabel("known accuracy after a full training")
    scatter.grid(alpha=0.25)
    names = list(agreement.taus)[::-1]
    for position, name in enumerate(names):
        found = agreement.taus[name]
        colour = "#d1495b" if name in agreement.measured else "#5f6b73"
        ranks.plot([found.low, found.high], [position, position], color=colour, lw=2)
        ranks.plot([found.value], [position], "o", color=colour, ms=6)
    ranks.axvline(0, color="black", lw=0.8)
    ranks.set_yticks(range(len(names)), names)
    ranks.set_xlabel("Kendall's tau with the known accuracy, 95 % interval")
    ranks.grid(alpha=0.25, axis="x")
    with atomic_write(path, "wb") as stream:
        figure.savefig(stream, format="png")

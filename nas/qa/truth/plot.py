"""The picture of `nas qa --truth`: what was measured against the truth, and every predictor's tau. No torch."""

from __future__ import annotations

from pathlib import Path

from nas.qa.plot import draw_taus
from nas.qa.truth.figures import Agreement
from search_spaces.files import atomic_write


def plot_agreement(agreement: Agreement, path: Path) -> None:
    """Draw the true accuracy over what the experiment judges by, and Kendall's tau with 95 % intervals; PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.5), dpi=144, layout="constrained")
    scatter, ranks = figure.subplots(1, 2)
    table = agreement.table
    if agreement.judged_by in table:
        scatter.plot(table[agreement.judged_by], table["truth"], "o", ms=5, color="#2b4c7e")
    scatter.locator_params(axis="x", nbins=5)  # long numbers, close to each other
    scatter.set_xlabel(f"{agreement.word} by the experiment")
    scatter.set_ylabel("known accuracy after a full training")
    scatter.grid(alpha=0.25)
    draw_taus(ranks, agreement.taus, agreement.measured, "the known accuracy")
    with atomic_write(path, "wb") as stream:
        figure.savefig(stream, format="png")

"""What the `scale` commands print."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from grid_search.grid import Grid
from grid_search.grid_summary import GridSummary, describe_grid

if TYPE_CHECKING:
    import pandas as pd

    from grid_search.decision import Decision
    from grid_search.response_surface import Opinion
    from grid_search.results import ScaleResult

WIDEST_BAR = 40


def print_scale_search(console: Console, result: ScaleResult) -> None:
    """Print the networks of a scaling search by mean accuracy, how sure the winner is, and where the files are."""
    decision = result.decision
    if decision is None:
        console.print(f"No candidate could be evaluated; the reasons are in {result.folder / 'trials.csv'}")
        return
    console.print(_networks_table(decision))
    best = decision.best
    found = f"alpha {best['alpha']:g}, beta {best['beta']:g}, gamma {best['gamma']:g}"
    nominal = best["alpha"] * best["beta"] ** 2 * best["gamma"] ** 2
    lines = [
        f"found:  {found}  (nominal product {nominal:.3f}, measured {best['ratio']:.3f}x the baseline)",
        *(f"noise:  {sentence}." for sentence in decision.statement.removesuffix(".").split(". ")),
        *_opinion_lines(result.opinion),
        f"files:  {result.folder}/  (coefficients.yaml, configs/, grid.csv, trials.csv, accuracies.png, run.json)",
        f"next:   scale table {result.folder / 'configs'}",
    ]
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)


def _opinion_lines(opinion: Opinion | None) -> list[str]:
    if opinion is None:
        return []
    best = opinion.best
    return [
        f"second opinion: a response surface puts the best at alpha {best.alpha:g}, beta {best.beta:g}, "
        f"gamma {best.gamma:g}; left out one by one it is {100 * opinion.error:.2f} points off, where the accuracies "
        f"themselves spread by {100 * opinion.spread:.2f}"
    ]


def print_grid(console: Console, grid: Grid) -> None:
    """Print what a grid holds: counts, spread and histogram of the measured cost, what cannot be told apart."""
    summary = describe_grid(grid)
    for line in _grid_lines(grid, summary):
        console.print(line, soft_wrap=True, highlight=False)
    largest = max(summary.counts)
    for low, high, count in zip(summary.edges, summary.edges[1:], summary.counts, strict=False):
        bar = "█" * round(WIDEST_BAR * count / largest)
        console.print(f"  {low:5.2f}x to {high:5.2f}x  {bar} {count}", highlight=False)
    if summary.indistinguishable:
        console.print("no difference to the network:")
    for entry in summary.indistinguishable:
        console.print(f"  every {entry.coefficient} in {entry.interval}", highlight=False)


def print_family(console: Console, family: pd.DataFrame) -> None:
    """Print a family among the published networks, by cost, with the phi that each axis alone implies."""
    table = Table(title="by multiply-adds; phi as chosen, and as each axis alone implies")
    for heading in ("network", "params", "flops", "ratio", "px", "phi", "depth", "width", "px"):
        table.add_column(heading, justify="left" if heading == "network" else "right", no_wrap=True)
    for row in family.to_dict(orient="records"):
        phis = (_shown(row[name]) for name in ("phi", "phi_depth", "phi_width", "phi_resolution"))
        counts = (f"{row['params'] / 1e6:.2f}M", f"{row['flops'] / 1e6:,.0f}M", _shown(row["ratio"]))
        style = "dim" if row["source"] == "published" else None
        table.add_row(row["name"], *counts, str(row["resolution"]), *phis, style=style)
    console.print(table)


def _shown(number: float | None) -> str:
    return "-" if number is None or math.isnan(number) else f"{number:.2f}"


def print_files(console: Console, paths: Iterable[Path]) -> None:
    """Print the paths of files that were written, a line each."""
    for path in paths:
        console.print(str(path), soft_wrap=True, highlight=False)


def _grid_lines(grid: Grid, summary: GridSummary) -> list[str]:
    config = grid.config
    return [
        f"baseline:   {grid.baseline.name}",
        f"grid:       {summary.points} combinations, {config.constraint} cost within "
        f"{config.target:g} +- {config.tolerance:g} baselines",
        f"candidates: {summary.candidates}, {summary.distinct} distinct networks",
        f"measured:   {summary.least:.2f}x to {summary.largest:.2f}x, quartiles {summary.lower_quartile:.2f}x "
        f"{summary.median:.2f}x {summary.upper_quartile:.2f}x",
        f"on target:  {summary.on_target} candidates, {summary.distinct_on_target} distinct networks",
    ]


def _networks_table(decision: Decision) -> Table:
    table = Table(title="the same training and the same images for all")
    for heading in ("role", "alpha", "beta", "gamma", "cost", "accuracy", "seeds", ""):
        table.add_column(heading, justify="left" if heading in ("role", "") else "right")
    for label, row in decision.networks.sort_values("accuracy", ascending=False).iterrows():
        tied = "tied" if row["tied"] and decision.noise is not None else ""
        table.add_row(
            str(row["role"]),
            *(f"{row[name]:.4g}" for name in ("alpha", "beta", "gamma")),
            f"{row['ratio']:.2f}x",
            f"{row['accuracy']:.4f}",
            str(row["seeds"]),
            "best" if label == decision.best.name else tied,
        )
    return table

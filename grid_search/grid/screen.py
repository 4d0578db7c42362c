"""The screen of `scale grid`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from grid_search.grid.enumeration import Grid
from grid_search.grid.summary import GridSummary, describe_grid

if TYPE_CHECKING:
    pass


WIDEST_BAR = 40


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

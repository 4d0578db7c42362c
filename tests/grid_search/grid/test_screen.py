from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from grid_search.grid.config import GridConfig, Range
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.grid.screen import WIDEST_BAR, print_grid
from grid_search.grid.summary import describe_grid
from search_spaces.reference import reference


def lines_of(grid: Grid) -> list[str]:
    text = StringIO()
    print_grid(Console(file=text, width=120), grid)
    return text.getvalue().splitlines()


@pytest.fixture(scope="module")
def grid() -> Grid:
    return enumerate_grid(reference("efficientnet-b0"))


def test_the_counts_of_the_published_grid(grid: Grid) -> None:
    assert lines_of(grid)[:3] == [
        "baseline:   efficientnet-b0",
        "grid:       2541 combinations, nominal cost within 2 +- 0.1 baselines",
        "candidates: 108, 65 distinct networks",
    ]


def test_bars_are_as_long_as_their_counts_and_count_every_candidate(grid: Grid) -> None:
    bars = [line.rsplit(None, 2)[-2:] for line in lines_of(grid) if "█" in line]
    counts = [int(count) for _, count in bars]
    assert sum(counts) == len(grid.frame)
    assert [len(bar) for bar, _ in bars] == [round(WIDEST_BAR * count / max(counts)) for count in counts]
    summary = describe_grid(grid)
    assert counts == [count for count in summary.counts if round(WIDEST_BAR * count / max(counts))]


def test_what_makes_no_difference_is_told(grid: Grid) -> None:
    lines = lines_of(grid)
    assert "  every alpha in (1, 1.25]" in lines[lines.index("no difference to the network:") :]


def test_where_every_value_differs_nothing_is_told() -> None:
    halves = Range(low=1.0, high=1.5, step=0.5)
    config = GridConfig(tolerance=1.0, alpha=halves, beta=halves, gamma=halves)
    grid = enumerate_grid(reference("efficientnet-b0"), config)
    assert not [line for line in lines_of(grid) if "difference" in line or "every" in line]

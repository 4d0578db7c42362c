"""The screen of `scale compare`: a line for each network by cost, and whether the law held. No torch."""

from __future__ import annotations

import math

import pandas as pd
from rich.console import Console
from rich.table import Table

from grid_search.compare.run import FamilyComparison
from grid_search.compound_scaling import AXES
from trials.console.output import shown


def print_family_comparison(console: Console, result: FamilyComparison) -> None:
    """Print networks by cost, what the law foretold of them, and where the files are."""
    table = result.table
    screen = Table(title="the same training and the same images for all; accuracy: mean of the seeds, 95 % interval")
    for heading in ("network", "cost", *AXES, "accuracy", "seeds", "", *(["law, 90 %"] if "law" in table else [])):
        screen.add_column(heading, justify="left" if heading in ("network", "") else "right")
    for _, row in table.iterrows():
        screen.add_row(*_cells(row), *([_foretold(row)] if "law" in table else []))
    console.print(screen)
    for line in [*_law_lines(result), f"files:  {shown(result.folder)}/  (comparison.csv, trials.csv, comparison.png)"]:
        console.print(line, highlight=False, soft_wrap=True)


def _cells(row: pd.Series) -> list[str]:
    sizes = ("-" if math.isnan(row[axis]) else f"{row[axis]:.2f}" for axis in AXES)
    accuracy = _between(row["val_accuracy"], row["low"], row["high"])
    return [str(row["network"]), f"{row['ratio']:.2f}x", *sizes, accuracy, str(row["seeds"]), str(row["standing"])]


def _foretold(row: pd.Series) -> str:
    return _between(row["law"], row["law_low"], row["law_high"]) + ("*" if row["extrapolated"] else "")


def _between(value: float, low: float, high: float) -> str:
    """Return an accuracy in points with its interval, where there are any."""
    if math.isnan(value):
        return "-"
    return f"{100 * value:.2f}" + ("" if math.isnan(low) else f" ({100 * low:.2f} to {100 * high:.2f})")


def _law_lines(result: FamilyComparison) -> list[str]:
    """Say of how many networks the band of the law and the interval of what was trained overlap."""
    if "holds" not in result.table:
        return []
    judged = result.table[result.table["holds"].notna()]
    if judged.empty:
        return ["law:    not held against trainings: an interval takes two seeds"]
    beyond = judged["extrapolated"].astype(bool)
    within, further = judged[~beyond], judged[beyond]
    return [
        f"law:    overlaps what was trained for {_count(within)} networks up to {result.dearest:.2f}x, and for "
        f"{_count(further)} beyond (*, extrapolated); off by {_error(within)} and {_error(further)} points (rms)"
    ]


def _count(rows: pd.DataFrame) -> str:
    return f"{int(rows['holds'].astype(bool).sum())} of {len(rows)}"


def _error(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "-"
    return f"{100 * math.sqrt(float(((rows['law'] - rows['val_accuracy']) ** 2).mean())):.2f}"

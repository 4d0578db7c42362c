"""The screen of `nas compare`: stages side by side, both networks over the seeds, what can be said. No torch."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from nas.compare.difference import Difference
from nas.compare.run import Comparison
from nas.finished_search import NamedNetwork
from trials.console.output import shown

COLUMNS = {
    "op": "op",
    "kernel_size": "kernel",
    "stride": "stride",
    "expansion_ratio": "exp",
    "se_ratio": "SE",
    "width": "width",
    "depth": "depth",
}
MEASURES = {"value": "reward", "val_accuracy": "validation accuracy"}


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print stages, means over seeds, and one sentence on each difference."""
    console.print(stage_screen(comparison.found.name, comparison.reference.name, comparison.stages))
    console.print(_seed_table(comparison))
    for column, measure in MEASURES.items():
        console.print(sentence(comparison, column, measure), highlight=False, soft_wrap=True)
    console.print(f"files:  {shown(comparison.folder)}/", highlight=False, soft_wrap=True)


def sentence(comparison: Comparison, column: str, measure: str) -> str:
    """Say in plain words whether the found network is better in one measure, by how much and how sure that is."""
    gap = comparison.differences[column]
    counts = [len(comparison.values(network, column)) for network in (comparison.found, comparison.reference)]
    first, second = comparison.found.name, comparison.reference.name
    if math.isnan(gap.low):
        return f"{measure}: no interval, {counts[0]} and {counts[1]} seeds finished and each network needs two"
    if gap.low == gap.high:
        return f"{measure}: {first} less {second} is {gap.mean:+.4f}; this objective answers the same for every seed"
    interval = f"{gap.mean:+.4f}, 95 % interval {gap.low:+.4f} to {gap.high:+.4f}"
    return f"{measure}: {_verdict(gap, first, second)} ({interval}; Welch's t, {counts[0]} and {counts[1]} seeds)"


def _verdict(gap: Difference, first: str, second: str) -> str:
    if not gap.is_clear:
        return f"{first} and {second} cannot be told apart"
    return f"{first} is better than {second}" if gap.mean > 0 else f"{first} is worse than {second}"


def stage_screen(found: str, reference: str, stages: pd.DataFrame) -> Table:
    """Return the rows of `nas.compare.stage_table` for reading: one value where both networks have the same."""
    table = Table(title=f"{found} | {reference}  (one value: equal in both)", box=None, pad_edge=False)
    table.add_column("stage", no_wrap=True)
    for heading in (*COLUMNS.values(), "Mflops", "Mparams"):
        table.add_column(heading, justify="right", overflow="fold")
    for row in stages.to_dict("records"):
        cells = [_pair(row, field, _plain) for field in COLUMNS]
        cells += [_pair(row, "flops", lambda count: f"{count / 1e6:.1f}")]
        cells += [_pair(row, "params", lambda count: f"{count / 1e6:.2f}")]
        table.add_row(str(row["part"]).removeprefix("stage "), *cells)
    return table


def _pair(row: dict[Any, Any], field: str, shown: Callable[[Any], str]) -> str:
    """Return `a | b`, or one of them where both read the same."""
    found, reference = (_cell(row[f"{side}_{field}"], shown) for side in ("found", "reference"))
    return found if found == reference else f"{found or '-'}|{reference or '-'}"


def _cell(value: Any, shown: Callable[[Any], str]) -> str:
    return "" if pd.isna(value) else shown(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _seed_table(comparison: Comparison) -> Table:
    table = Table(title="mean ± standard deviation over the seeds", box=None, pad_edge=False)
    for heading in ("network", "flops", "params", "seeds", *MEASURES.values()):
        table.add_column(heading, justify="left" if heading == "network" else "right")
    for network in (comparison.found, comparison.reference):
        table.add_row(*_seed_row(comparison, network))
    return table


def _seed_row(comparison: Comparison, network: NamedNetwork) -> list[str]:
    rows = comparison.trials[comparison.trials["network"] == network.name]
    cost = (f"{rows['flops'].iloc[0] / 1e6:,.1f}M", f"{rows['params'].iloc[0] / 1e6:,.2f}M")
    failed = int((rows["state"] != "complete").sum())
    seeds = f"{len(rows) - failed}" + (f" ({failed} failed)" if failed else "")
    return [network.name, *cost, seeds, *(_spread(comparison.values(network, column)) for column in MEASURES)]


def _spread(values: list[float]) -> str:
    if not values:
        return "-"
    spread = statistics.stdev(values) if len(values) > 1 else math.nan
    return f"{statistics.fmean(values):.4f} ± {spread:.4f}"

"""The screens of `scale emit` and `scale table`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd


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
        console.print(str(path), soft_wrap=True, highlight=False, markup=False)

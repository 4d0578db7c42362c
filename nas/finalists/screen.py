"""The table of finalists on the last screen of a search. No torch."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from rich.table import Table

from nas.finalists.ranking import Finalist, Ranking

if TYPE_CHECKING:
    import pandas as pd


def finalists_table(ranking: Ranking, candidates: pd.DataFrame) -> Table:
    """Return the finalists, best first: cost, reward in the search, accuracy and reward when trained alone."""
    table = Table(title="finalists, each trained alone from scratch (mean and sd over seeds)")
    for heading in ("network", "flops", "params", "search", "val accuracy", "reward", "seeds"):
        table.add_column(heading, justify="left" if heading == "network" else "right")
    rows = candidates.set_index("number")
    for finalist in ranking.order:
        row = rows.loc[finalist.trial]
        cost = (f"{row['flops'] / 1e6:,.1f}M", f"{row['params'] / 1e6:,.2f}M")
        table.add_row(f"trial {finalist.trial}", *cost, f"{finalist.searched:.4f}", *_trained(finalist))
    return table


def _trained(finalist: Finalist) -> tuple[str, str, str]:
    if not finalist.rewards:
        return "failed", "-", "0"
    values = finalist.accuracies
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.4f}{spread}", f"{finalist.mean:.4f}", str(len(values))

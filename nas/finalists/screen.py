"""The table of finalists on the last screen of a search. No torch."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from nas.finalists.ranking import Beside, Finalist, Ranking
from search_spaces.errors import LONGEST_REASON, one_line

if TYPE_CHECKING:
    import pandas as pd


def finalists_table(ranking: Ranking, candidates: pd.DataFrame, trainings: pd.DataFrame) -> Table:
    """Return the finalists, best first: cost, reward in the search, accuracy and reward when trained alone.

    The published networks that were trained beside them follow; `trainings` are those of `train_finalists`.
    """
    table = Table(title="finalists, each trained alone from scratch (mean and sd over seeds)")
    for heading in ("network", "flops", "params", "search", "val accuracy", "reward", "seeds"):
        table.add_column(heading, justify="left" if heading == "network" else "right")
    rows = candidates.set_index("number")
    for finalist in ranking.order:
        row = rows.loc[finalist.trial]
        table.add_row(f"trial {finalist.trial}", *_cost(row), f"{finalist.searched:.4f}", *_trained(finalist))
    for other in ranking.references:
        searched = "-" if math.isnan(other.searched) else f"{other.searched:.4f}"
        rows = trainings[trainings["name"] == other.name]
        cost = _cost(rows.iloc[0]) if len(rows) else ("-", "-")  # time was over before it was trained
        table.add_row(Text(one_line(other.name, LONGEST_REASON)), *cost, searched, *_trained(other))
    return table


def _cost(row: pd.Series[Any]) -> tuple[str, str]:
    return f"{row['flops'] / 1e6:,.1f}M", f"{row['params'] / 1e6:,.2f}M"


def _trained(finalist: Finalist | Beside) -> tuple[str, str, str]:
    if not finalist.rewards:
        return "failed", "-", "0"
    values = finalist.accuracies
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.4f}{spread}", f"{statistics.fmean(finalist.rewards):.4f}", str(len(values))

"""Samplers compared on the measured networks alone: how far is what they find from the best row? No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from nas.bench.incumbents import CHECKPOINTS
from nas.bench.replay import REWARD, named_samplers
from nas.search.table_search import regrets, row_values, search_rows
from search_spaces.files import atomic_write
from trials.objectives.benchmark.table import load_table

if TYPE_CHECKING:
    import pandas as pd


def run_table_bench(
    path: str | Path,
    samplers: Iterable[str],
    *,
    seeds: int = 30,
    evaluations: int = 300,
    on_run: Callable[[object], None] = lambda _run: None,
) -> pd.DataFrame:
    """Return one row per sampler, seed and evaluation: `regret`, 100 * (the best row's reward - that of the best seen).

    The reward is `nas.bench.replay.REWARD` of the measured accuracy, so an evaluation is exact.
    """
    import pandas as pd

    factories = named_samplers(samplers)
    table = load_table(path)
    values = 100 * row_values(table, REWARD)
    parts = []
    for (name, factory), seed in product(factories.items(), range(seeds)):
        regret = regrets(values, search_rows(table, values, factory, seed=seed, evaluations=evaluations))
        numbers = range(1, len(regret) + 1)
        parts.append(pd.DataFrame({"sampler": name, "seed": seed, "evaluation": numbers, "regret": regret.round(4)}))
        on_run(name)
    return pd.concat(parts, ignore_index=True)


def summarize_regret(curves: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sampler: mean regret at the checkpoints and the share of runs that saw the best row."""
    import pandas as pd

    length = int(curves["evaluation"].max())
    rows = []
    for name, runs in curves.groupby("sampler", sort=False):
        row: dict[str, object] = {"sampler": name, "runs": runs["seed"].nunique()}
        for count in sorted({count for count in CHECKPOINTS if count < length} | {length}):
            row[f"regret_at_{count}"] = float(runs[runs["evaluation"] == count]["regret"].mean())
        row["share_found_best"] = float((runs[runs["evaluation"] == length]["regret"] == 0).mean())
        rows.append(row)
    return pd.DataFrame(rows).sort_values([f"regret_at_{length}", "sampler"], ignore_index=True)


def write_table_bench(curves: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Write table_summary.csv and table_regret.csv into `folder`, and return the summary."""
    summary = summarize_regret(curves)
    for name, written in (("table_summary.csv", summary.round(4)), ("table_regret.csv", curves)):
        with atomic_write(folder / name) as stream:
            written.to_csv(stream, index=False)
    return summary

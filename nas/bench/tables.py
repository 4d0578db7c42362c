"""The runs of a benchmark as tables and as files: quartiles of evaluations until a score, curves. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nas.bench.incumbents import CHECKPOINTS, Array, Replay
from nas.bench.plot import plot_curves
from search_spaces.files import atomic_write

if TYPE_CHECKING:
    import pandas as pd


def evaluations_until(curve: Array, score: float) -> float:
    """Return the number of evaluations after which the incumbent scores at least `score`, inf where it never does."""
    reached = np.flatnonzero(curve >= score)
    return float(reached[0] + 1) if len(reached) else float("inf")


def summarize(runs: Sequence[Replay], score: float) -> pd.DataFrame:
    """Return one row per sampler, the quickest to `score` first; see the columns' names for their units.

    `until_*` are quartiles of the number of evaluations until `score`, inf where that share of runs never got there.
    """
    import pandas as pd

    rows = [_summary(name, [run for run in runs if run.sampler == name], score) for name in _names(runs)]
    return pd.DataFrame(rows).sort_values(["until_median", "sampler"], ignore_index=True)


def _names(runs: Sequence[Replay]) -> list[str]:
    return list(dict.fromkeys(run.sampler for run in runs))


def _summary(name: str, runs: Sequence[Replay], score: float) -> dict[str, object]:
    until = [evaluations_until(run.observed, score) for run in runs]
    quartiles = np.quantile(until, [0.25, 0.5, 0.75, 1.0], method="higher")
    columns = ("until_q1", "until_median", "until_q3", "until_worst")
    row: dict[str, object] = {"sampler": name, "runs": len(runs), **dict(zip(columns, quartiles, strict=True))}
    row["share_reached"] = float(np.isfinite(until).mean())
    for count in _checkpoints(runs):
        row[f"score_at_{count}"] = float(np.mean([run.observed[count - 1] for run in runs]))
    for count in _checkpoints(runs):
        found = [run.expected[count] for run in runs if count in run.expected]
        row[f"expected_score_at_{count}"] = float(np.mean(found)) if found else float("nan")
    row["seconds_per_proposal"] = float(np.mean([run.seconds_per_proposal for run in runs]))
    return row


def _checkpoints(runs: Sequence[Replay]) -> Iterator[int]:
    return (count for count in CHECKPOINTS if count <= len(runs[0].observed))


def curves(runs: Sequence[Replay]) -> pd.DataFrame:
    """Return one row per sampler, seed and evaluation: the score of the incumbent at that moment."""
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "sampler": run.sampler,
                "seed": run.seed,
                "evaluation": np.arange(1, len(run.observed) + 1),
                "score": run.observed.round(4),
            }
        )
        for run in runs
    ]
    return pd.concat(parts, ignore_index=True)


def write_bench(runs: Sequence[Replay], score: float, folder: Path) -> pd.DataFrame:
    """Write summary.csv, curves.csv and curves.png into `folder`, and return the summary."""
    summary = summarize(runs, score)
    with atomic_write(folder / "summary.csv") as stream:
        summary.round(4).to_csv(stream, index=False)
    with atomic_write(folder / "curves.csv") as stream:
        curves(runs).to_csv(stream, index=False)
    plot_curves(runs, score, folder / "curves.png")
    return summary

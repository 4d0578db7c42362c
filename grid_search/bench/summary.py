"""Replays as tables: regret against trainings, and what each method needs. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grid_search.bench.problem import Problem
from grid_search.bench.replay import METHODS, untrained

if TYPE_CHECKING:
    import pandas as pd

CHECKPOINTS = (8, 12, 16, 24)
WANTED = 0.1  # points of regret
ALL = "all of them"
TOLD = ("holds", "inside")  # of each axis
Told = Callable[[str], None]


def run_bench(
    problems: Sequence[Problem],
    *,
    noise: float,
    seeds: int,
    trainings: int,
    methods: Sequence[str] = tuple(METHODS),
    report: Told = lambda _line: None,
) -> pd.DataFrame:
    """Return one row per problem, method, seed and number of trainings.

    Columns: spent, regret, holds_AXIS, inside_AXIS, expected (`Step`).

    `noise` is the standard deviation of one training, in points. Methods without training have one row, of seed 0.
    """
    import pandas as pd

    rows = []
    for problem in problems:
        rows += [{"problem": problem.name, "seed": 0} | asdict(step) for step in untrained(problem)]
        for seed in range(seeds):
            for name in methods:
                steps = METHODS[name](problem, noise, seed, trainings)
                rows += [{"problem": problem.name, "seed": seed} | asdict(step) for step in steps]
                report(f"{problem.name}, {name}, seed {seed}")
    table = pd.DataFrame(rows)
    for place, axis in enumerate(problems[0].axes):
        for told in TOLD:
            table[f"{told}_{axis}"] = [None if one is None else one[place] for one in table[told]]
    return table.drop(columns=list(TOLD))


def summarize(steps: pd.DataFrame) -> pd.DataFrame:
    """Return a row per problem and method, and per method over all problems: regret, trainings needed, coverage.

    `regret_at_N` is the mean over the seeds after N trainings (the last answer where a method ended sooner), `worst`
    the largest at the last of them, `needed` the number of trainings from which on the mean regret stays below 0.1
    points, `spent` what all trainings took in trainings of the baseline, `coverage` the share of intervals, over axes,
    seeds and numbers of trainings, that hold the true best; `coverage_inside` counts only axes in which that lies
    inside: at an end an interval holds it almost always.
    """
    import pandas as pd

    parts = [*steps.groupby("problem", sort=False)]
    rows = [
        {"problem": problem, "method": method, **_summary(runs)}
        for problem, part in (parts if len(parts) == 1 else [*parts, (ALL, steps)])
        for method, runs in part.groupby("method", sort=False)
    ]
    return pd.DataFrame(rows)


def _summary(runs: pd.DataFrame) -> dict[str, float]:
    curve = runs.pivot_table(index="trainings", columns=["problem", "seed"], values="regret")
    counts = curve.index.to_numpy()
    mean = curve.mean(axis=1).to_numpy()
    row: dict[str, float] = {
        "trainings": int(counts[-1]),
        "spent": float(runs.groupby(["problem", "seed"])["spent"].max().mean()),
    }
    for count in CHECKPOINTS:
        reached = mean[counts <= count]
        row[f"regret_at_{count}"] = float(reached[-1]) if len(reached) else float("nan")
    row["worst"] = float(curve.iloc[-1].max())
    above = np.flatnonzero(mean > WANTED)
    settled = int(above[-1]) + 1 if len(above) else 0
    row["needed"] = float(counts[settled]) if settled < len(counts) else float("inf")
    held, inside = (_flags(runs, told) for told in TOLD)
    row["coverage"] = float(held.mean()) if len(held) else float("nan")
    row["coverage_inside"] = float(held[inside].mean()) if inside.any() else float("nan")
    return row


def _flags(runs: pd.DataFrame, told: str) -> NDArray[np.bool_]:
    """Return what is told of each axis, of all answers that tell it."""
    columns = [column for column in runs if str(column).startswith(f"{told}_")]
    return np.asarray(runs[columns].dropna(), dtype=np.bool_).ravel()

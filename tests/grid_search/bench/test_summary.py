from __future__ import annotations

import math

import pandas as pd
import pytest

from grid_search.bench.summary import ALL, run_bench, summarize
from tests.grid_search.law.laws import problem


def steps(problem_name: str, regrets: list[float], seed: int = 0, holds: float = 1.0) -> pd.DataFrame:
    """Return a law's answers after 8, 9, ... trainings with these regrets."""
    return pd.DataFrame(
        {
            "problem": problem_name,
            "method": "law",
            "seed": seed,
            "trainings": range(8, 8 + len(regrets)),
            "spent": range(len(regrets)),
            "regret": regrets,
            "holds_width": holds == 1,
            "inside_width": True,
        }
    )


def test_figures_by_hand() -> None:
    table = pd.concat([steps("one", [0.3, 0.08, 0.2, 0.0, 0.06]), steps("one", [0.1] * 5, seed=1, holds=0.0)])
    (row,) = summarize(table).to_dict(orient="records")
    assert row["regret_at_8"] == pytest.approx(0.2)
    assert row["regret_at_12"] == row["regret_at_24"] == pytest.approx(0.08)
    assert row["worst"] == pytest.approx(0.1)
    assert row["needed"] == 11  # after 9 it was below 0.1 too, but not for good
    assert row["coverage"] == 0.5
    assert row["spent"] == 4


def test_never_good_enough_is_infinite_and_all_problems_are_one_more_row() -> None:
    summary = summarize(pd.concat([steps("one", [0.3, 0.3]), steps("two", [0.0, 0.0])]))
    assert list(summary["problem"]) == ["one", "two", ALL]
    assert list(summary["needed"]) == [math.inf, 8, math.inf]
    assert summary["regret_at_12"].iloc[2] == pytest.approx(0.15)


def test_a_bench_holds_every_method() -> None:
    told: list[str] = []
    table = run_bench([problem()], noise=0.2, seeds=2, trainings=9, report=told.append)
    assert set(table["method"]) == {"law", "grid", "random", "paper", "depth only", "width only", "resolution only"}
    assert len(told) == 6
    assert table[table["method"] == "law"]["holds_depth"].notna().all()
    assert table[table["method"] == "grid"]["holds_depth"].isna().all()

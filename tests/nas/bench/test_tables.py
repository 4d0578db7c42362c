from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nas.bench.incumbents import Replay
from nas.bench.replay import reference_score, run_bench
from nas.bench.tables import evaluations_until, summarize, write_bench


@pytest.fixture
def data(sixty_rows: Path) -> Path:
    return sixty_rows


def made_run(sampler: str, seed: int, curve: list[float]) -> Replay:
    return Replay(sampler=sampler, seed=seed, observed=np.array(curve), expected={}, seconds_per_proposal=0.5)


def test_evaluations_until_counts_from_one() -> None:
    assert evaluations_until(np.array([1.0, 3.0, 2.0, 4.0]), 3.0) == 2
    assert evaluations_until(np.array([3.0]), 3.0) == 1
    assert math.isinf(evaluations_until(np.array([1.0, 2.0]), 3.0))


def test_the_summary_is_what_the_curves_say() -> None:
    slow = [made_run("slow", seed, [0.0] * (10 * seed) + [5.0] * (60 - 10 * seed)) for seed in range(1, 6)]
    never = [made_run("never", seed, [float(seed)] * 60) for seed in range(4)]
    summary = summarize([*never, *slow], score=4.0)
    first, second = summary.to_dict("records")
    assert (first["sampler"], first["runs"], first["share_reached"]) == ("slow", 5, 1.0)
    assert [first[f"until_{name}"] for name in ("q1", "median", "q3", "worst")] == [21, 31, 41, 51]
    assert first["score_at_20"] == pytest.approx(5 / 5)
    assert first["score_at_50"] == pytest.approx(5 * 4 / 5)
    assert second["share_reached"] == 0
    assert math.isinf(second["until_q1"])
    assert "score_at_100" not in summary


def test_what_is_written_can_be_read(data: Path, tmp_path: Path) -> None:
    runs = run_bench(data, ["random"], seeds=2, evaluations=20)
    score = reference_score(data)
    summary = write_bench(runs, score, tmp_path)
    read = pd.read_csv(tmp_path / "summary.csv")
    assert list(read.columns) == list(summary.columns)
    curves = pd.read_csv(tmp_path / "curves.csv")
    assert len(curves) == 40
    last = curves[(curves["seed"] == 1) & (curves["evaluation"] == 20)]["score"].item()
    assert last == pytest.approx(runs[1].observed[-1], abs=1e-4)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nas.bench.measured_networks import run_table_bench, summarize_regret, write_table_bench
from search_spaces import InvalidInput


@pytest.fixture
def data(sixty_rows: Path) -> Path:
    return sixty_rows


def curves_of(regrets: dict[str, list[list[float]]]) -> pd.DataFrame:
    rows = [
        {"sampler": name, "seed": seed, "evaluation": number, "regret": regret}
        for name, runs in regrets.items()
        for seed, curve in enumerate(runs)
        for number, regret in enumerate(curve, start=1)
    ]
    return pd.DataFrame(rows)


def test_regret_is_averaged_over_the_runs(data: Path) -> None:
    curves = run_table_bench(data, ["random"], seeds=3, evaluations=20)
    ends = curves[curves["evaluation"] == 20]["regret"]
    assert len(ends) == 3
    assert summarize_regret(curves)["regret_at_20"].item() == pytest.approx(ends.mean())


def test_the_summary_is_what_the_curves_say() -> None:
    late = [[3.0] * 20 + [0.0] * 5, [5.0] * 25]
    summary = summarize_regret(curves_of({"late": late, "soon": [[1.0] * 25, [1.0] * 25]}))
    assert list(summary["sampler"]) == ["soon", "late"]  # the least regret at the end first
    assert list(summary["regret_at_20"]) == [1, 4]
    assert list(summary["regret_at_25"]) == [1, 2.5]
    assert list(summary["share_found_best"]) == [0, 0.5]
    assert "regret_at_50" not in summary


def test_every_run_is_told_and_regret_never_grows(data: Path) -> None:
    told: list[object] = []
    curves = run_table_bench(data, ["random", "evolution"], seeds=2, evaluations=12, on_run=told.append)
    assert told == ["random", "random", "evolution", "evolution"]
    assert len(curves) == 4 * 12
    assert all(run["regret"].is_monotonic_decreasing for _, run in curves.groupby(["sampler", "seed"]))


def test_what_is_written_is_what_is_returned(tmp_path: Path) -> None:
    curves = curves_of({"random": [[2.0, 1.0]]})
    summary = write_table_bench(curves, tmp_path)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "table_summary.csv"), summary)
    assert list(pd.read_csv(tmp_path / "table_regret.csv")["regret"]) == [2, 1]


def test_an_unknown_sampler_is_refused_before_the_data_are_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="samplers"):
        run_table_bench(tmp_path / "none.tar.gz", ["anneal"])

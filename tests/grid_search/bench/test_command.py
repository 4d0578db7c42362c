from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from grid_search.cli import main
from tests.grid_search.bench.tables import made_up_table


def test_a_table_is_replayed(tmp_path: Path) -> None:
    table, out = made_up_table(tmp_path), tmp_path / "bench"
    options = ["--data", str(table), "--baseline", "0.75,160", "--seeds", "2", "--trainings", "7", "--out", str(out)]
    result = CliRunner().invoke(main, ["bench", *options])
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} == {"summary.csv", "steps.csv", "regret.png", "regret.svg"}
    summary = pd.read_csv(out / "summary.csv").set_index("method")
    assert summary.loc["law", "regret_at_8"] < summary.loc["width only", "regret_at_8"]


@pytest.mark.parametrize("options", [[], ["--synthetic", "--data", "table.csv"], ["--synthetic", "--drawn", "3"]])
def test_a_table_or_synthetic_laws(options: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["bench", *options, "--out", str(tmp_path / "bench")])
    assert result.exit_code == 2
    assert "--data" in result.output
    assert not (tmp_path / "bench").exists()


def test_drawn_laws_by_one_method(tmp_path: Path) -> None:
    options = ["--drawn", "2", "--seeds", "1", "--trainings", "3", "--method", "random", "--out", str(tmp_path / "b")]
    result = CliRunner().invoke(main, ["bench", *options])
    assert result.exit_code == 2  # at least 4
    options[5] = "4"
    result = CliRunner().invoke(main, ["bench", *options])
    assert result.exit_code == 0, result.output
    summary = pd.read_csv(tmp_path / "b" / "summary.csv")
    assert set(summary["problem"]) == {"powers 0", "interacting 1", "all of them"}
    assert set(summary["method"]) == {"random", "paper", "depth only", "width only", "resolution only"}

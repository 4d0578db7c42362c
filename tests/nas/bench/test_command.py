from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from nas.cli import main


@pytest.fixture
def data(sixty_rows: Path) -> Path:
    return sixty_rows


def bench(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["bench", *map(str, arguments)])


def test_the_figures_are_printed_and_written(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = bench("--data", data, "--samplers", "random,evolution", "--seeds", 2, "--evaluations", 20, "--out", out)
    assert result.exit_code == 0, result.output
    for shown in ("random", "evolution", "until median", "share reached", "score at 20", "seconds per proposal"):
        assert shown in result.output
    assert sorted(path.name for path in out.iterdir()) == ["curves.csv", "curves.png", "summary.csv"]
    assert set(pd.read_csv(out / "summary.csv")["sampler"]) == {"random", "evolution"}


def test_table_mode_tells_the_regret_against_the_best_row(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    settings = ["--mode", "table", "--seeds", 4, "--evaluations", 100, "--out", out]
    result = bench("--data", data, "--samplers", "random", *settings)
    assert result.exit_code == 0, result.output
    summary = pd.read_csv(out / "table_summary.csv")
    assert summary["regret_at_20"].item() > 0
    assert summary["regret_at_60"].item() == 0  # all rows were seen
    assert summary["share_found_best"].item() == 1


@pytest.mark.parametrize("mode", ["surrogate", "table"])
@pytest.mark.parametrize(
    ("settings", "key"), [(["--samplers", "anneal"], "samplers"), (["--data", "nowhere.tar.gz"], "objective.path")]
)
def test_wrong_input_is_one_line_and_leaves_nothing(
    data: Path, tmp_path: Path, mode: str, settings: list[str], key: str
) -> None:
    out = tmp_path / "out"
    result = bench("--data", data, *settings, "--mode", mode, "--seeds", 1, "--evaluations", 2, "--out", out)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not out.exists()

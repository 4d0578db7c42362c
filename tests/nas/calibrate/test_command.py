from __future__ import annotations

from pathlib import Path

import pytest

from tests.nas.searched import run


def test_calibrate_prints_the_line_to_use(folder: Path) -> None:
    result = run(folder, "calibrate", "try")
    assert result.exit_code == 0, result.output
    assert "--set reward.w=-0." in result.output


WRONG = [
    (["calibrate", "unsearched"], "experiment"),
    (["calibrate", "try", "--set", "reward.cost=latency_ms"], "reward.cost"),
    (["calibrate", "nope"], "experiment"),
    (["calibrate", "scores"], "objective.name"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_and_exit_code_2(arguments: list[str], key: str, folder: Path) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not (folder / "results" / "scores").exists()

from __future__ import annotations

from pathlib import Path

from tests.grid_search.commands import run


def test_a_dry_run_tells_the_plan_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    options = ("--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    result = run("search", "try", *options, "--dry-run", "--set", "scale.repeats=1", "--set", "scale.candidates=3")
    assert result.exit_code == 0, result.output
    assert "3 of them, 0 more where they promise most, 5 controls: 8 trainings" in result.output
    assert "warning: scale.repeats: 1 trains one seed each" in result.output
    assert not (tmp_path / "r").exists()


def test_a_dry_run_refuses_what_the_search_would(file: Path, tmp_path: Path) -> None:
    result = run("search", "try", "--file", file, "--out", tmp_path / "r", "--dry-run")
    assert result.exit_code == 2
    assert "nas run try" in result.stderr


def test_without_a_single_training_the_exit_code_is_not_0(file: Path, tmp_path: Path) -> None:
    options = ("--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    result = run("search", "try", *options, "--set", "objective={python: tests.objectives:in_percent}")
    assert result.exit_code == 1, result.output
    assert "No candidate could be evaluated" in result.output

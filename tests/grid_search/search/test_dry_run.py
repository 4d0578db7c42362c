from __future__ import annotations

from pathlib import Path

import pytest

from tests.grid_search.commands import run


def test_a_dry_run_tells_the_plan_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    options = ("--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    result = run("search", "try", *options, "--dry-run", "--set", "scale.repeats=1", "--set", "scale.candidates=3")
    assert result.exit_code == 0, result.output
    assert "3 of them, and 5 controls (the baseline, single axes, the paper's choice): 8 trainings" in result.output
    assert "warning: scale.repeats: 1 trains one seed each" in result.output
    assert not (tmp_path / "r").exists()


def test_with_shared_weights_networks_are_trained_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (500.0, 0.0, 0.0))
    settings = (
        "objective={name: shared}",
        "data={name: digits, train_images: 64, validation_images: 50}",
        "resolution=64",
        "proxy={width: 0.125, depth: 0.4, resolution: 0.125, drop_strides: 3}",
        "training={epochs: 1, batch_size: 32, warmup_epochs: 0.1}",
        "compute={device: cpu, threads: 1}",
    )
    options = ("--file", file, "--out", tmp_path / "r", "--baseline", "efficientnet-b0", "--dry-run")
    result = run("search", "try", *options, *(part for one in settings for part in ("--set", one)))
    assert result.exit_code == 0, result.output
    assert "timed on a few batches of 3 networks" in result.output
    assert "warning: the machine was busy in the last minute (load 500.0" in result.output


def test_a_dry_run_refuses_what_the_search_would(file: Path, tmp_path: Path) -> None:
    result = run("search", "try", "--file", file, "--out", tmp_path / "r", "--dry-run")
    assert result.exit_code == 2
    assert "nas run try" in result.stderr


def test_without_a_single_training_the_exit_code_is_not_0(file: Path, tmp_path: Path) -> None:
    options = ("--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    result = run("search", "try", *options, "--set", "objective={python: tests.objectives:in_percent}")
    assert result.exit_code == 1, result.output
    assert "No candidate could be evaluated" in result.output

from __future__ import annotations

import shutil
from pathlib import Path

from tests.grid_search.commands import run


def test_a_dry_run_tells_networks_and_time_and_writes_nothing(inside: Path, tmp_path: Path) -> None:
    options = ("--file", inside / "experiments.yaml", "--experiment", "squares", "--out", tmp_path / "maps")
    result = run("maps", "tiny.yaml", *options, "--dry-run", "--trained", "compound=weights")
    assert result.exit_code == 0, result.output
    assert "for 4 trainings" in result.output
    assert "compound: 2." in result.output
    assert "weights of weights" in result.output
    assert "for looking only" in result.output
    assert not (tmp_path / "maps").exists()


def test_coarse_maps_are_a_doubt(inside: Path, tmp_path: Path) -> None:
    shutil.copy(inside / "tiny.yaml", tmp_path / "tiny.yaml")
    options = ("--file", inside / "experiments.yaml", "--experiment", "squares", "--set", "proxy.resolution=0.15")
    result = run("maps", tmp_path / "tiny.yaml", *options, "--dry-run", "--boxes", "boxes.csv", "--images", "look")
    assert result.exit_code == 0, result.output
    assert "warning: the maps have fewer than 4 px" in result.output
    assert "with boxes or masks" in result.output

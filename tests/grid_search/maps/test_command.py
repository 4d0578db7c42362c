from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grid_search.maps.result import Seen
from tests.grid_search.commands import run


@pytest.mark.slow
def test_maps_of_validation_images_with_what_was_trained(drawn: Seen, inside: Path, tmp_path: Path) -> None:
    shutil.copytree(drawn.folder, tmp_path / "maps")
    options = ("--file", inside / "experiments.yaml", "--experiment", "squares", "--out", tmp_path / "maps")
    result = run("maps", "tiny.yaml", *options, "--shown", 1)
    assert result.exit_code == 0, result.output
    assert "for looking only" in result.output
    assert "time:" not in result.output  # nothing is trained


def test_mistakes_are_told_in_one_line(inside: Path) -> None:
    file = ("--file", inside / "experiments.yaml")
    for arguments, message in (
        (("maps", "tiny.yamll", *file, "--experiment", "squares"), "got 'tiny.yamll'"),
        (("maps", "tiny.yaml", *file, "--experiment", "squares", "--boxes", "boxes.csv"), "--images FOLDER"),
        (("maps", "tiny.yaml", *file, "--experiment", "squares", "--trained", "x"), "ROLE=FOLDER"),
        (("maps", "tiny.yaml", *file, "--experiment", "circles"), "one of squares"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, result.output
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1

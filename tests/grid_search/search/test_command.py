from __future__ import annotations

import re
from pathlib import Path

from tests.grid_search.commands import run


def test_search_says_how_sure_it_is(file: Path, tmp_path: Path) -> None:
    result = run("search", "try", "--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    assert result.exit_code == 0, result.output
    noise = re.search(
        r"Seeds differ by (\d+\.\d+) points \(sd\)\.\s+noise:\s+(\d) of (\d) compound candidates", result.output
    )
    assert noise is not None, result.output
    assert 0.1 < float(noise[1]) < 1.5  # the objective's own is half a point
    assert 1 <= int(noise[2]) <= int(noise[3]) == 3
    # more parameters are better: resolution alone adds none and loses by more than noise
    assert re.search(r"Against resolution only \(\S+x\): \+\d+\.\d+ points, more than noise", result.output)
    assert (tmp_path / "r" / "try" / "scale" / "coefficients.yaml").is_file()


def test_a_search_by_scores_is_refused(file: Path, tmp_path: Path) -> None:
    options = ("--set", "objective={name: zero-cost}", "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    result = run("search", "try", "--file", file, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: objective.name: got 'zero-cost'")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "r").exists()

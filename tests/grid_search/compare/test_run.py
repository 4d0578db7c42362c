"""`scale compare` from a finished law to its table."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from grid_search.search.results import ScaleResult
from tests import objectives
from tests.grid_search.compare.comparing import compare


def test_networks_are_tabled_beside_what_the_law_foretold(
    found: ScaleResult, family: list[Path], tmp_path: Path
) -> None:
    told = compare(found, tmp_path, *family, "--law", found.folder)
    folder = tmp_path / "results" / "try" / "scale-compare"
    rows = pd.read_csv(folder / "comparison.csv").set_index("network")
    assert set(rows.index) == {"baseline", "law/small-2x", "law/small-4x", "width/small-2x", "width/small-4x"}
    assert (rows["seeds"] == 3).all()
    assert rows.loc["law/small-4x", "ratio"] == pytest.approx(4, rel=0.06)
    assert rows["extrapolated"].to_dict() == {name: name.endswith("4x") for name in rows.index}
    # trained where the law was: it holds there
    assert abs(rows.loc["baseline", "law"] - rows.loc["baseline", "val_accuracy"]) < 0.005
    assert "law/small-4x" in told and "beyond (*, extrapolated)" in told
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert names == {"study.journal", "trials.csv", "comparison.csv", "comparison.png", "comparison.svg", "run.json"}


def test_going_on_trains_only_what_is_new(
    found: ScaleResult, family: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(found, tmp_path, family[0], "--seeds", 2)
    first = pd.read_csv(tmp_path / "results" / "try" / "scale-compare" / "trials.csv")
    whole = compare(found, tmp_path, *family, "--seeds", 2)
    both = pd.read_csv(tmp_path / "results" / "try" / "scale-compare" / "trials.csv")
    assert len(first) == 4 and len(both) == 10
    pd.testing.assert_frame_equal(both[: len(first)], first, check_dtype=False)
    monkeypatch.setattr(objectives, "by_law", None)
    assert compare(found, tmp_path, *family, "--seeds", 2).splitlines()[-8:] == whole.splitlines()[-8:]


def test_killed_and_resumed_equals_undisturbed(
    found: ScaleResult, family: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inline = (*family[:2], "--seeds", 2, "--set", "compute.engine=inline")
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    whole.mkdir()
    torn.mkdir()
    compare(found, whole, *inline)
    calls = list[int]()

    def killed(seed: int) -> random.Random:
        calls.append(seed)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return random.Random(seed)

    monkeypatch.setattr(objectives, "random", SimpleNamespace(Random=killed))
    assert compare(found, torn, *inline).startswith("exit")
    compare(found, torn, *inline)
    tables = [pd.read_csv(folder / "results" / "try" / "scale-compare" / "comparison.csv") for folder in (whole, torn)]
    pd.testing.assert_frame_equal(*tables)

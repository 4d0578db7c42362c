from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nas.status.lines import status_lines
from search_spaces.errors import InvalidInput


def test_a_finished_search_tells_its_best(folder: Path) -> None:
    state, candidates, references, best = status_lines(folder / "results" / "try")
    assert state.startswith("finished, began 20")
    assert candidates == "candidates: 20 of 20 evaluated (20 done)"
    assert references == "references: 1 evaluated (1 done)"
    assert best.startswith("Found: trial ")


def test_a_search_that_goes_is_only_looked_at(folder: Path, tmp_path: Path) -> None:
    source = folder / "results" / "try" / "nas"
    for name in ("study.journal", "run.json"):
        shutil.copy(source / name, tmp_path)
    record = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(record | {"state": "running", "finished": None, "results": {}}))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    text = "\n".join(status_lines(tmp_path))
    assert text.startswith("running")
    assert "the last trial ended" in text
    assert "so far" in text
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_folder_without_its_journal_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "results" / "try" / "nas" / "run.json", tmp_path)
    with pytest.raises(InvalidInput, match=r"study\.journal"):
        list(status_lines(tmp_path))

from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.status.lines import status_lines
from search_spaces.errors import InvalidInput
from tests.grid_search.commands import run


def test_a_finished_search_tells_its_trainings(file: Path, tmp_path: Path) -> None:
    searched = run("search", "try", "--file", file, "--out", tmp_path, "--baseline", "efficientnet-b0")
    assert searched.exit_code == 0, searched.output
    state, trainings = status_lines(tmp_path / "try")
    assert state.startswith("finished")
    assert trainings.startswith("trainings: ")
    assert "done" in trainings


def test_a_search_whose_tables_alone_are_left_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"study\.journal"):
        list(status_lines(Path(__file__).parents[3] / "results" / "published" / "quickstart"))

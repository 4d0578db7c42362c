from __future__ import annotations

from pathlib import Path

from tests.grid_search.commands import run


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    result = run("status", tmp_path)
    assert result.exit_code == 2
    assert "scale search" in result.output

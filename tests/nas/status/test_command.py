from __future__ import annotations

from pathlib import Path

from tests.nas.commands import run


def test_lines_are_printed(folder: Path) -> None:
    result = run("status", folder / "results" / "try")
    assert result.exit_code == 0, result.output
    assert "20 of 20 evaluated" in result.output


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    assert run("status", tmp_path).exit_code == 2

from __future__ import annotations

from pathlib import Path

from tests.grid_search.commands import run


def test_the_report_is_written_where_it_is_asked_for(searched: Path, tmp_path: Path) -> None:
    result = run("report", searched, "--out", tmp_path / "page.html")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "page.html").is_file()


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    result = run("report", tmp_path)
    assert result.exit_code == 2
    assert "scale search" in result.output

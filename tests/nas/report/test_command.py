from __future__ import annotations

from pathlib import Path

from tests.nas.commands import run


def test_the_report_of_a_finished_search_is_written_where_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    result = run("report", folder / "results" / "try", "--out", out)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(out)
    assert out.read_text().startswith("<!doctype html>")


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    result = run("report", tmp_path)
    assert result.exit_code == 2
    assert "nas run" in result.output
    assert not list(tmp_path.iterdir())

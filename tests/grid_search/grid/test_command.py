from __future__ import annotations

from pathlib import Path

from tests.grid_search.commands import run


def test_grid_shows_the_published_grid(tmp_path: Path) -> None:
    options = ("--step", 0.05, "--tolerance", 0.1, "--csv", tmp_path / "grid.csv", "--plot", tmp_path / "grid.png")
    result = run("grid", "--baseline", "efficientnet-b0", *options)
    assert result.exit_code == 0, result.output
    assert "108, 65 distinct networks" in result.output
    assert "1.93x to 3.33x" in result.output
    assert "every alpha in (1, 1.25]" in result.output
    assert (tmp_path / "grid.csv").is_file()
    assert (tmp_path / "grid.png").read_bytes().startswith(b"\x89PNG")

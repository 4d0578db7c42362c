from __future__ import annotations

from pathlib import Path

from grid_search.grid.config import GridConfig
from grid_search.grid.enumeration import enumerate_grid
from grid_search.grid.plots import plot_nominal_measured
from search_spaces.reference import reference
from search_spaces.scaling import Rounding

PNG = b"\x89PNG\r\n\x1a\n"


def test_panels_stand_side_by_side(tmp_path: Path) -> None:
    b0 = reference("efficientnet-b0")
    official, nearest = enumerate_grid(b0), enumerate_grid(b0, GridConfig(rounding=Rounding(depth="nearest")))
    plot_nominal_measured(official, tmp_path / "one.png")
    plot_nominal_measured({"ceil": official, "nearest": nearest}, tmp_path / "two.png")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.png", "two.png"))
    assert one.startswith(PNG)
    assert int.from_bytes(two[16:20], "big") == 2 * int.from_bytes(one[16:20], "big")


def test_a_grid_without_the_papers_answer_is_drawn_too(tmp_path: Path) -> None:
    grid = enumerate_grid(reference("mobilenet-v2"), GridConfig(target=0.5, tolerance=0.05))
    plot_nominal_measured(grid, tmp_path / "half.png")
    assert (tmp_path / "half.png").read_bytes().startswith(PNG)

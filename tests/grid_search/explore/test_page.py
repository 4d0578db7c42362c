from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grid_search.explore.page import write_explorer
from grid_search.explore.payload import explored
from search_spaces.reference import reference


def test_a_hostile_name_is_text(tmp_path: Path) -> None:
    name = "</title><script>alert(1)</script>"
    write_explorer(explored(replace(reference("efficientnet-b0"), name=name)), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert len(text) < 200_000  # no library of charts is needed


def test_sliders_reach_as_far_as_the_coefficients(tmp_path: Path) -> None:
    data = explored(reference("efficientnet-b0"))
    data["coefficients"]["alpha"] = 3.5
    write_explorer(data, tmp_path / "page.html")
    assert 'data-part="alpha" min="0.8" max="3.5"' in (tmp_path / "page.html").read_text()

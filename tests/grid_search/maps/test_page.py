from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grid_search.maps.merit import LOOKING_ONLY
from grid_search.maps.page import write_maps
from grid_search.maps.result import Seen

pytestmark = pytest.mark.slow


def test_the_page_holds_every_picture_with_answers_and_figures(drawn: Seen) -> None:
    text = (drawn.folder / "maps.html").read_text()
    assert text.count("<img ") == text.count('alt="Where ') + 2 == 12
    assert "blue/00.png: blue" in text
    assert "(right)" in text
    assert "% on the object" in text
    assert "95 % interval" in text
    assert "scale maps tiny.yaml" in text
    assert "finished" in text


@pytest.mark.usefixtures("inside")
def test_without_objects_no_figure_is_told(drawn: Seen, tmp_path: Path) -> None:
    looks = [[replace(one, inside=None) for one in own] for own in drawn.looks]
    write_maps(replace(drawn, masks=[None] * len(drawn.masks), looks=looks), {}, tmp_path / "maps.html")
    text = (tmp_path / "maps.html").read_text()
    assert LOOKING_ONLY in text
    assert "on the object" not in text
    assert "95 % interval" not in text

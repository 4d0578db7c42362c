from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from grid_search.maps.plot import plot_maps
from grid_search.maps.result import Seen

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("inside")
def test_the_figure_has_a_row_for_each_picture(drawn: Seen, tmp_path: Path) -> None:
    plot_maps(drawn, tmp_path / "two.png")
    plot_maps(replace(drawn, shown=drawn.shown[:1]), tmp_path / "one.png")
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "two.png") as two:
        assert one.width == two.width
        assert two.height > 1.6 * one.height
    text = (tmp_path / "two.svg").read_text()
    assert text.count("<image ") == 12
    assert text.count("(right)") + text.count("(wrong)") == 10  # of two pictures, by five networks

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from matplotlib.figure import Figure

from tests.nas.screens import png_size
from trials.page.pictures import save_picture


def drawn() -> Figure:
    figure = Figure(figsize=(2, 1), dpi=100)
    figure.subplots().plot([1, 2], [3, 4])
    return figure


def test_a_figure_is_a_png_and_an_svg(tmp_path: Path) -> None:
    save_picture(drawn(), tmp_path / "a.png")
    assert png_size(tmp_path / "a.png") == (200, 100)
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root.tag.endswith("svg")
    assert root.attrib["viewBox"] == "0 0 144 72"


def test_equal_figures_are_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_picture(drawn(), tmp_path / f"{name}.png")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()

"""The maps of all networks as one figure: a row for each picture, a column for each network. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from grid_search.maps.merit import percent
from grid_search.maps.painting import painted
from grid_search.maps.result import Seen, answer_of, truth_of
from trials.page.pictures import save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELL = 1.75  # inches


def plot_maps(seen: Seen, path: Path) -> None:
    """Draw the pictures that are shown, and the map of each network over them (PNG and SVG)."""
    from matplotlib.figure import Figure

    columns, rows = 1 + len(seen.subjects), len(seen.shown)
    tall = seen.size[0] / seen.size[1]
    figure = Figure(figsize=(CELL * columns, (CELL * tall + 0.45) * rows + 0.6), dpi=144, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for row, place in zip(grid, seen.shown, strict=True):
        pixels = seen.pictures.read([place], seen.size, 3)[0]
        mask, label, truth = seen.masks[place], seen.pictures.labels[place], truth_of(seen, place)
        name = _shortened(seen.pictures.names[place])
        _draw(row[0], painted(pixels, seen.size, mask=mask), f"{name}\n{truth}" if truth else name)
        for axes, looks in zip(row[1:], seen.looks, strict=True):
            one = looks[place]
            inside = "" if one.inside is None else f"\n{percent(one.inside)} on the object"
            _draw(axes, painted(pixels, seen.size, one.heat, mask), f"{answer_of(one, label)}{inside}")
    for axes, subject in zip(grid[0][1:], seen.subjects, strict=True):
        axes.set_title(f"{subject.compared.role}\n{subject.compared.ratio:.2f}x", fontsize=8)
    grid[0][0].set_title("picture", fontsize=8)
    figure.suptitle(seen.title, fontsize=10)
    save_picture(figure, path)


def _draw(axes: Axes, picture: Any, told: str) -> None:
    axes.imshow(picture)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel(told, fontsize=7)
    for side in axes.spines.values():
        side.set_visible(False)


def _shortened(name: str, most: int = 26) -> str:
    return name if len(name) <= most else f"…{name[1 - most :]}"

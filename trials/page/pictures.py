"""Figures of matplotlib as files: PNG, and SVG beside it. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from search_spaces.files import atomic_write

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_picture(figure: Figure, path: Path, dpi: float | None = None) -> None:
    """Write a figure to `path`, a PNG, and as SVG under the same name; both atomically."""
    from matplotlib import rc_context

    with atomic_write(path, "wb") as stream:
        figure.savefig(stream, format="png", dpi=dpi or figure.dpi)
    # with this salt equal figures give equal files
    with rc_context({"svg.hashsalt": "compound-nas"}), atomic_write(path.with_suffix(".svg"), "wb") as stream:
        figure.savefig(stream, format="svg", metadata={"Date": None})

"""What is shown to a user, as the words of a screen and as the figures that were drawn."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from PIL import Image
from rich.console import Console


def printed(show: Callable[[Console], None], *, width: int = 120) -> str:
    """Return what is printed on a screen of so many columns."""
    console = Console(file=StringIO(), width=width, markup=False, emoji=False)  # as `open_console` makes it
    show(console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def row_of(text: str, name: str) -> list[str]:
    """Return the words after a name in the one line that begins with it, borders left out."""
    lines = [line.strip(" │┃|") for line in text.splitlines()]
    (line,) = (line for line in lines if line.startswith(f"{name} "))
    return line.removeprefix(name).replace("│", " ").split()


def png_size(path: Path) -> tuple[int, int]:
    """Return width and height of a picture that is a PNG."""
    with Image.open(path) as image:
        assert image.format == "PNG"
        return image.size

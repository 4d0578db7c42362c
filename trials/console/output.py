"""The console that commands print on: as wide as the terminal, and wide in a file or a pipe. No torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from rich.console import Console

FILE_WIDTH = 200  # columns, in a file or a pipe


def open_console(stream: IO[str] | None = None) -> Console:
    """Return a console on standard output or a stream; COLUMNS, where it is set, counts as everywhere.

    It prints text as it is: what looks like a colour or an emoji in a name or a message is none.
    """
    console = Console(file=stream, markup=False, emoji=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(file=stream, width=FILE_WIDTH, markup=False, emoji=False)


def shown(path: Path) -> str:
    """Return a path as its reader writes it: from the current folder on, where it is inside of that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)

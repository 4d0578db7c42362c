"""The console that commands print on: as wide as the terminal, and wide in a file or a pipe. No torch."""

from __future__ import annotations

import os
from typing import IO

from rich.console import Console

FILE_WIDTH = 200  # columns, in a file or a pipe


def open_console(stream: IO[str] | None = None) -> Console:
    """Return a console on standard output or a stream; COLUMNS, where it is set, counts as everywhere."""
    console = Console(file=stream)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(file=stream, width=FILE_WIDTH)

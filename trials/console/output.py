"""The console that commands print on: as wide as the terminal, and wide in a file or a pipe. No torch."""

from __future__ import annotations

import os
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

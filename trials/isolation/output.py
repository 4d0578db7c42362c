"""What the process for candidates prints: handed on line by line, a limited number of them a candidate. No torch."""

from __future__ import annotations

import codecs
import contextlib
import os
import threading
from collections.abc import Callable

MOST_LINES, LONGEST_LINE = 200, 1000  # a candidate; characters
Tell = Callable[[str], None]


class Output:
    """Reads a pipe to its end in a thread of its own, whatever becomes of the lines: who writes to it never waits."""

    def __init__(self, descriptor: int, tell: Tell) -> None:
        self.tell = tell
        self._left_out = 0
        self._told = 0
        self._thread = threading.Thread(target=self._read, args=(descriptor,), daemon=True, name="output")
        self._thread.start()

    def begin(self) -> None:
        """Let the next candidate have as many lines as the last one had."""
        if self._left_out:
            self._say(f"... {self._left_out:,} further lines that the candidate printed are left out")
        self._told = self._left_out = 0

    def end(self) -> None:
        """Hand on what is still on its way."""
        self._thread.join(timeout=1)
        self.begin()

    def _read(self, descriptor: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="backslashreplace")
        rest = ""
        while chunk := os.read(descriptor, 2**16):
            *lines, rest = (rest + decoder.decode(chunk)).replace("\r", "\n").split("\n")
            rest = rest[:LONGEST_LINE]
            for line in lines:
                self._hand_on(line)
        self._hand_on(rest)
        os.close(descriptor)

    def _hand_on(self, line: str) -> None:
        if not line.strip():
            return
        if self._told >= MOST_LINES:
            self._left_out += 1
            return
        self._told += 1
        self._say(printable(line[:LONGEST_LINE]))

    def _say(self, line: str) -> None:
        with contextlib.suppress(Exception):  # nobody looks any longer
            self.tell(line)


def printable(line: str) -> str:
    """Return a line without what moves a terminal's cursor or colours it.

    >>> printable("  epoch 1\\t0.5 \\x1b[31mred")
    '  epoch 1   0.5 \\\\x1b[31mred'
    """
    line = line.expandtabs(4)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)

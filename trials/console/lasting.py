"""Standard output and error of a command that goes on where nobody reads them any longer. No torch."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast


class Lasting:
    """A stream on which writing never fails: from the first error on, what is written goes nowhere.

    `failure` is that error, but for a pipe whose reader has seen enough (`| head`).
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text; return its length."""
        with self._kept():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        with self._kept():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno != errno.EPIPE:
                self.failure = self.failure or error
            with contextlib.suppress(OSError, ValueError):  # no file behind it
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)


def nowhere() -> TextIO:
    """Return a stream for a command that was started without one."""
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it takes the place of one to the very end


@contextmanager
def lasting_output() -> Iterator[Lasting]:
    """Let standard output and error of a command last; text that their encoding lacks is escaped. Gives the output."""
    earlier = sys.stdout, sys.stderr
    for stream in earlier:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    output, errors = (Lasting(stream or nowhere()) for stream in earlier)
    sys.stdout, sys.stderr = cast("TextIO", output), cast("TextIO", errors)
    try:
        yield output
    finally:
        output.flush()
        errors.flush()
        sys.stdout, sys.stderr = earlier

"""SIGINT and SIGTERM: the first ends a run where it stands, the second ends the process at once. No torch."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """A signal asked this process to end. No Exception, so that no candidate's failure is made of it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number  # what a shell reports of a process that a signal ended


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted in the main thread at the first SIGINT or SIGTERM; at the second, exit without a word.

    What is finished is in the study by then, and whoever holds something gives it back on the way out.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, _exit_at_once)
    raise Interrupted(number)


def _exit_at_once(number: int, _frame: FrameType | None) -> None:
    os._exit(128 + number)

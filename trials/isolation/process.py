"""The process for candidates as its parent sees it: started, talked to, ended. No torch."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from typing import Any

from trials.isolation.output import Output, Tell

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from trials.isolation.child import main; main(*map(int, sys.argv[2:]))"
)
LOOKS_EVERY_S = 0.5  # whether it is still there, where something that it started holds its end of the pipe open
LEAVES_WITHIN_S = 5.0  # what it does at its exit (a log to be sent) is done by then
SAYINGS = {
    signal.SIGKILL: "was killed (SIGKILL): out of memory, as a rule",
    signal.SIGSEGV: "crashed (SIGSEGV)",
}


@dataclass(kw_only=True)
class Allowance:
    """What is left of the `seconds` that something may take.

    Looked at every LOOKS_EVERY_S, it is counted on while somebody looks: not while this process is itself stopped, or
    busy with an answer.
    """

    seconds: float
    _looked: float = field(init=False)

    def __post_init__(self) -> None:
        self._looked = time.monotonic()

    def left(self) -> float:
        """Return the seconds left, 0 or less where they are used up."""
        now = time.monotonic()
        self.seconds -= min(now - self._looked, 2 * LOOKS_EVERY_S)
        self._looked = now
        return self.seconds


class Child:
    """A process that evaluates candidates. It has a session of its own: a Ctrl-C reaches its parent alone."""

    def __init__(self, evaluate: object, tell: Tell, shares: Sequence[int] = ()) -> None:
        """Start it; `evaluate` has to be picklable, `tell` is given the lines that it prints.

        Descriptors that it `shares` have the same numbers there.
        """
        self._connection, theirs = Pipe()
        life, self._life = os.pipe()
        output, printed = os.pipe()
        descriptors = (theirs.fileno(), life)
        warnings = [f"-W{option}" for option in sys.warnoptions]
        self._process = subprocess.Popen(
            [sys.executable, "-u", *warnings, "-c", START, json.dumps(sys.path), *map(str, descriptors)],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            pass_fds=(*descriptors, *shares),
            start_new_session=True,
        )
        self._forgotten = weakref.finalize(self, _kill, self._process, self._life)
        theirs.close()
        os.close(life)
        os.close(printed)
        self.output = Output(output, tell)
        self.send(evaluate)

    @property
    def number(self) -> int:
        """The number that the system knows it by."""
        return self._process.pid

    def send(self, message: object) -> None:
        """Send something; where the process is gone, `receive` tells."""
        with contextlib.suppress(OSError):
            self._connection.send(message)

    def has_answered(self) -> bool:
        """Tell whether `receive` would return at once."""
        return self._connection.poll() or self._process.poll() is not None

    def receive(self, allowed: Allowance | None = None) -> dict[str, Any] | None:
        """Wait for a message; None where the process is gone. Raises TimeoutError where it comes too late."""
        while True:
            left = LOOKS_EVERY_S if allowed is None else allowed.left()
            gone = self._process.poll() is not None
            if self._connection.poll(0 if gone else max(0.0, min(LOOKS_EVERY_S, left))):
                return self._read()
            if gone:
                return None
            if left <= 0:
                raise TimeoutError

    def _read(self) -> dict[str, Any] | None:
        try:
            message: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (OSError, EOFError, ValueError):
            return None
        return message

    def end(self, *, at_once: bool = False) -> str:
        """End it and all that it started, unless it ended before; return how it ended in plain words."""
        self._connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0 if at_once else LEAVES_WITHIN_S)
        self._forgotten()
        self.output.end()
        return ending(self._process.returncode)


def _kill(process: subprocess.Popen[bytes], life: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        process.returncode = _waited_for(process.pid)
    os.close(life)


def _waited_for(process: int) -> int:
    """Wait for a process and return how it ended.

    Not by `Popen.wait`: Popen looks at a process under a lock, and a Ctrl-C in the middle of that leaves it locked.
    """
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except ChildProcessError:  # the Ctrl-C came after it was looked at and before that was noted
        return 0


def ending(code: int) -> str:
    """Say how a process ended.

    >>> ending(-11), ending(0)
    ('its process crashed (SIGSEGV)', 'its process ended itself with exit code 0')
    """
    if code >= 0:
        return f"its process ended itself with exit code {code}"
    try:
        number = signal.Signals(-code)
    except ValueError:
        return f"its process was ended by signal {-code}"
    return f"its process {SAYINGS.get(number, f'was ended by a signal ({number.name})')}"

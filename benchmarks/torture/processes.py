"""The processes that are killed and stopped, and the server that a search needs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "postgresql"


@dataclass(frozen=True, slots=True)
class Process:
    """A process by its number and its start, since numbers are used again."""

    pid: int
    started: str

    @property
    def running(self) -> bool:
        """Whether it is there, and not merely waiting to be noticed by its parent."""
        status = _status(self.pid)
        return status is not None and status[19] == self.started and status[0] not in "ZX"

    @property
    def command(self) -> str:
        """How it was started."""
        try:
            return Path(f"/proc/{self.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()[:200]
        except OSError:
            return "gone"

    @property
    def parent(self) -> int | None:
        """The number of its parent; None where it is gone."""
        status = _status(self.pid)
        return None if status is None else int(status[1])

    def kill(self) -> None:
        """Send SIGKILL, if it is still there."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it is still there."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _status(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the state on, None where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def process_of(pid: int) -> Process:
    """Return the process that has a number now."""
    status = _status(pid)
    return Process(pid, status[19] if status is not None else "")


def descendants_of(pid: int) -> list[Process]:
    """Return all processes below a process (Linux)."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    known = {number: status for number in numbers if (status := _status(number)) is not None}
    found, queue = list[Process](), [pid]
    while queue:
        parent = str(queue.pop())
        children = [number for number, status in known.items() if status[1] == parent]
        found += [Process(child, known[child][19]) for child in children]
        queue += children
    return found


def wait_until_gone(processes: list[Process], seconds: float) -> list[str]:
    """Wait for processes to end; end those that do not, and return their commands."""
    until = time.monotonic() + seconds
    while (left := [process for process in processes if process.running]) and time.monotonic() < until:
        time.sleep(0.05)
    commands = [process.command for process in left]
    for process in left:
        process.kill()
    return commands


@contextmanager
def postgresql() -> Iterator[Path]:
    """Run a throw-away server; yield its folder."""
    folder = Path(tempfile.mkdtemp(prefix="compound-nas-postgresql-"))
    try:
        server("start", folder)
        yield folder
    finally:
        server("remove", folder)


def server(command: str, folder: Path, *options: str) -> str:
    """Run tools/postgresql and return what it prints."""
    return subprocess.run(
        [str(TOOL), command, str(folder), *options], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def new_database(folder: Path, name: str) -> str:
    """Make a database on a server and return its URL."""
    import psycopg

    general = server("url", folder)
    with psycopg.connect(general, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return general.removesuffix("postgres") + name

"""The processes that `torture.py` kills and the server that it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOL = Path(__file__).parents[1] / "tools" / "postgresql"
GONE_WITHIN_S = 30.0  # what a killed driver started has to end by then


def descendants_of(pid: int) -> list[int]:
    """Return the numbers of all processes below a process (Linux)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, queue = list[int](), [pid]
    while queue:
        parent = queue.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        queue += children
    return found


def with_signal(pid: int, number: int) -> bool:
    """Send a signal; False where the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pids: list[int]) -> list[str]:
    """Wait for processes to end; end those that do not, and return their commands."""
    until = time.monotonic() + GONE_WITHIN_S
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < until:
        time.sleep(0.05)
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200] for pid in left]
    for pid in left:
        with_signal(pid, signal.SIGKILL)
    return commands


def is_running(pid: int) -> bool:
    """Tell whether a process is there and not merely waiting to be noticed by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


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

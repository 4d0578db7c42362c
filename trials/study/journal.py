"""The journal file of a study: its lock, its lines appended and read. No torch."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

import filelock
from optuna.storages.journal import JournalFileBackend

from search_spaces.errors import InvalidInput
from trials.study.internals import BaseJournalFileLock, changes_a_state

CHUNK_BYTES = 1 << 20

Log = dict[str, Any]


class KernelLock(BaseJournalFileLock):
    """Lock a journal with the kernel's own file lock: a killed process never leaves it held, as Optuna's can."""

    def __init__(self, path: Path) -> None:
        self._lock = filelock.FileLock(path.with_name(f".{path.name}.lock"))

    def acquire(self) -> bool:
        """Wait for the lock."""
        self._lock.acquire()
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()


class SyncedJournal(JournalFileBackend):
    """A journal that forces to the disk where a trial changes its state, and is read in one go.

    Optuna's own forces every line, and a trial of our spaces has about 40. A killed process loses nothing either way;
    after a power cut the journal ends at the last trial that finished. It is one file: where that was deleted or moved
    since it was opened, InvalidInput is raised and no other is begun.
    """

    def __init__(self, path: Path, lock: KernelLock) -> None:
        super().__init__(str(path), lock_obj=lock)
        self._path = path
        self._kernel_lock = lock
        self._file = _identity(path)
        self._read = (0, 0)  # number of lines and of bytes

    def append_logs(self, logs: list[Log]) -> None:
        """Append one JSON line for each log."""
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._present():
            self._kernel_lock.acquire()
            try:
                with FileIO(os.open(self._path, os.O_WRONLY | os.O_APPEND), "a") as stream:
                    _write_whole(stream, lines.encode())
                    if any(changes_a_state(log) for log in logs):
                        os.fsync(stream.fileno())
            finally:
                self._kernel_lock.release()

    def read_logs(self, log_number_from: int) -> Generator[Log, None, None]:
        """Yield the logs from a number on, whole lines alone. Raises ValueError for a line that is no mapping."""
        if self._read[0] > log_number_from:
            self._read = (0, 0)
        with self._present(), self._path.open("rb") as stream:
            stream.seek(self._read[1])
            while lines := [line for line in stream.readlines(CHUNK_BYTES) if line.endswith(b"\n")]:
                for line, log in zip(lines, parsed_lines(lines), strict=True):
                    number, offset = self._read
                    self._read = (number + 1, offset + len(line))
                    if number >= log_number_from:
                        yield log

    @contextmanager
    def _present(self) -> Iterator[None]:
        """Raise InvalidInput where the file that was opened is no longer there."""
        if _identity(self._path) != self._file:
            accepted = "the journal that was there when this run began: its folder was deleted or moved in the meantime"
            raise InvalidInput(str(self._path), "another file, or none", accepted)
        yield


def parsed_lines(lines: list[bytes]) -> list[Log]:
    """Return what lines of JSON say, all of them at once. Raises ValueError where one is no mapping."""
    logs = json.loads(b"[%b]" % b",".join(lines))
    if len(logs) != len(lines) or not all(type(log) is dict for log in logs):
        raise ValueError("a line that is not one mapping")
    return logs  # type: ignore[no-any-return]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _write_whole(stream: FileIO, content: bytes) -> None:
    """Write all of it or, where the disk is full, leave the file as it was."""
    size = os.fstat(stream.fileno()).st_size
    try:
        view = memoryview(content)
        while view:
            view = view[stream.write(view) :]
    except OSError:
        stream.truncate(size)
        raise

"""Where studies are kept: a journal file by default, any Optuna storage by its URL. No torch."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
from optuna.storages import BaseStorage, JournalStorage, get_storage
from optuna.storages.journal import BaseJournalBackend, JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock
from optuna.storages.journal._storage import JournalOperation

from search_spaces.errors import InvalidInput


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
    """Append to a journal, forcing it to the disk where a trial changes its state.

    Optuna's own forces every line, and a trial of our spaces has about 40. A killed process loses nothing either way;
    after a power cut the journal ends at the last trial that finished.
    """

    def __init__(self, path: Path, lock: KernelLock) -> None:
        super().__init__(str(path), lock_obj=lock)
        self._path = path
        self._kernel_lock = lock

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Append one JSON line for each log."""
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        self._kernel_lock.acquire()
        try:
            with self._path.open("ab") as stream:
                stream.write(lines.encode())
                stream.flush()
                if any(log["op_code"] == JournalOperation.SET_TRIAL_STATE_VALUES for log in logs):
                    os.fsync(stream.fileno())
        finally:
            self._kernel_lock.release()


def open_storage(url: str | None, journal: Path) -> BaseStorage:
    """Return the storage at an Optuna URL (`sqlite:///x.db`, `postgresql://...`), or the journal file if None."""
    if url is None:
        return JournalStorage(_journal_backend(journal))
    try:
        return get_storage(url)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InvalidInput("storage", url, f"the URL of a storage that Optuna can open ({reason})") from None


def _journal_backend(path: Path) -> BaseJournalBackend:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = KernelLock(path)
    lock.acquire()
    try:
        _drop_torn_line(path)
    finally:
        lock.release()
    return SyncedJournal(path, lock)


def _drop_torn_line(path: Path) -> None:
    """Cut a last line that a killed process did not finish: what is not whole did not happen."""
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb+") as stream:
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) == b"\n":
            return
        stream.seek(0)
        content = stream.read()
        stream.truncate(content.rfind(b"\n") + 1)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder of results for this process. Raises InvalidInput while another run holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / ".run.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise InvalidInput("--out", str(folder), "a folder in which no other run is at work") from None
    try:
        yield
    finally:
        lock.release()

"""Where studies are kept: a journal file by default, any Optuna storage by its URL. No torch."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage, RDBStorage
from optuna.storages.journal import BaseJournalBackend

from search_spaces.errors import InvalidInput
from trials.study.internals import open_database
from trials.study.internals_journal import open_journal_storage
from trials.study.journal import KernelLock, SyncedJournal
from trials.study.storage_url import connection_settings, masked, with_absolute_path, with_driver

MOST_RETRIES, TABLES_MADE_WITHIN_S = 4, 0.5
LONGEST_LINE_BYTES = 2**24


def open_storage(url: str | None, journal: Path) -> BaseStorage:
    """Return the storage at an Optuna URL (`sqlite:///x.db`, `postgresql://...`), or the journal file if None.

    Raises InvalidInput where it cannot be opened, a damaged journal included; nothing of it is changed then.
    """
    if url is None:
        return _open_journal(journal)
    return _open_database(with_driver(with_absolute_path(url)))


def _open_database(url: str) -> BaseStorage:
    from trials.study.patient_storage import patient

    try:
        return patient(open_database(_database(url)))
    except Exception as error:
        reason = masked(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
        accepted = f"the URL of a storage that Optuna can open ({reason})"
        raise InvalidInput("storage", masked(url), accepted) from None


def _database(url: str) -> RDBStorage:
    """Connect, and make the tables where there are none; of two processes that do so at once, one has to try again."""
    from sqlalchemy.exc import IntegrityError, ProgrammingError

    engine = {"pool_pre_ping": True, "connect_args": connection_settings(url)}
    for _ in range(MOST_RETRIES):
        with contextlib.suppress(IntegrityError, ProgrammingError, AssertionError):
            return RDBStorage(url, engine_kwargs=engine)
        time.sleep(TABLES_MADE_WITHIN_S)
    return RDBStorage(url, engine_kwargs=engine)


def is_shared(storage: BaseStorage) -> bool:
    """Tell whether several processes may work on a study there; a journal file is held by one (see `exclusive`)."""
    return not isinstance(storage, JournalStorage | InMemoryStorage)


def _open_journal(path: Path) -> BaseStorage:
    backend = _journal_backend(path)
    try:
        json.loads(_last_line(path) or "{}")  # Optuna passes over a last line that is none, and chokes on it later
        return open_journal_storage(backend)
    except (InvalidInput, OSError):
        raise
    except Exception as error:  # whatever Optuna trips over in a line that is not its own
        accepted = "a journal as Optuna writes it; it was left as it is"
        raise InvalidInput(str(path), _damage(path, error), accepted) from None


def _last_line(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - LONGEST_LINE_BYTES))
        return (stream.read().splitlines() or [b""])[-1]


def _damage(path: Path, error: Exception) -> str:
    """Say in which line a journal is damaged, or what Optuna says of it where every line is a mapping."""
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            whole = isinstance(json.loads(line), dict)
        except ValueError:
            whole = False
        if not whole:
            return f"line {number}: {line[:40]!r}"
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


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
    lock = filelock.FileLock(folder / ".run.lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise InvalidInput("--out", str(folder), "a folder in which no other run is at work") from None
    except OSError as error:
        raise InvalidInput("--out", str(folder), f"a folder that can be written ({error.strerror})") from None
    try:
        yield
    finally:
        lock.release()

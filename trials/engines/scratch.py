"""The temporary folder of a run of Ray Tune; what killed runs left of theirs is removed by the next one. No torch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "compound-nas-ray-"
UNLOCKED = "compound-nas-new-"
LOCK = "in-use"
NOTES = "notes"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give an empty folder for as long as it is needed; before that, remove those of processes that are dead.

    A lock tells them apart. The system drops it with its process, however that ended.
    """
    remove_leftovers()
    unlocked = Path(tempfile.mkdtemp(prefix=UNLOCKED))
    with FileLock(unlocked / LOCK):
        folder = unlocked.rename(unlocked.with_name(unlocked.name.replace(UNLOCKED, PREFIX, 1)))
        try:
            yield folder
        finally:
            _remove(folder)


def goes_with(folder: Path, notes: Path) -> None:
    """Let a second folder, that of Tune's notes, be removed together with a scratch folder."""
    (folder / NOTES).symlink_to(notes)


def remove_leftovers() -> None:
    """Remove the scratch folders that no living process holds; those of other users stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            with FileLock(folder / LOCK, blocking=False):
                _remove(folder)
        except (Timeout, OSError):  # in use, or another user's
            continue


def _remove(folder: Path) -> None:
    notes = folder / NOTES
    if notes.is_symlink():
        shutil.rmtree(notes.readlink(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)

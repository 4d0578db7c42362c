"""What a user's own images hold, as a digest: the same wherever they lie, another when a byte changes. No torch."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write
from trials.data.listing import KEY, ImageFolder, list_images, parse_folder
from trials.experiment import DataConfig

PREPARED, CONTENTS = "prepared", "contents"
MAX_IMAGE_BYTES = 64 << 20
LARGEST_NOTE_BYTES = 1 << 12
SETTLED_NS = 2 * 10**9  # the coarsest clock of a file system, FAT's


@dataclass(frozen=True, kw_only=True, slots=True)
class PinnedData(DataConfig):
    """Data that are to be what they were when a run began; whoever reads them later refuses others."""

    content: str | None = None


def pinned(data: DataConfig) -> DataConfig:
    """Return the data with the digest of what they hold now; published ones as they are: their names say it."""
    content = data_content(data.name, Path(data.folder))
    if content is None:
        return data
    return PinnedData(**{field.name: getattr(data, field.name) for field in fields(data)}, content=content)


def require_content(data: DataConfig, found: str | None) -> None:
    """Raise InvalidInput where a run reads other data than it began with."""
    if isinstance(data, PinnedData) and data.content != found:
        raise InvalidInput("data.content", found, f"{data.content}: {data.name} changed since this run began")


def data_content(name: str, cache: Path) -> str | None:
    """Return the digest (hex) of `folder:PATH` or `npz:PATH`; None for a data set that others publish.

    Files are read where their names, sizes or times of change are not those of the digest that `cache` remembers.
    Raises InvalidInput for data that cannot be read.
    """
    kind, _, text = name.partition(":")
    if kind not in ("folder", "npz") or not text:
        return None
    try:
        path = str(Path(text).expanduser())
        if kind == "npz":
            return file_content(path, cache)
        return folder_content(list_images(parse_folder(path)[0]), cache)
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(KEY, name, f"a path that can be read ({reason})") from error


def folder_content(images: ImageFolder, cache: Path) -> str:
    """Return the digest of a folder's images: parts, names, classes, sizes and every byte; places and times aside."""

    def digest() -> str:
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            contents = list(pool.map(lambda file: _file_digest(file.path, MAX_IMAGE_BYTES), images.files))
        named = [(file.name, content) for file, content in zip(images.files, contents, strict=True)]
        return _digest_of([len(images.train), *named])

    return _remembered(cache, images.root, [file.path for file in images.files], digest)


def file_content(path: str | Path, cache: Path) -> str:
    """Return the digest of one file."""
    file = Path(path)
    return _remembered(cache, file, [file], lambda: _file_digest(file))


def _file_digest(path: Path, most: int | None = None) -> str:
    """Return the SHA-256 of a file; of an image that is too large to be one, its size alone."""
    size = path.stat().st_size
    if most is not None and size > most:
        return f"{size} bytes"
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of(facts: Iterable[object]) -> str:
    hasher = hashlib.sha256()
    for fact in facts:
        hasher.update(f"{fact!r}\n".encode("utf-8", "surrogateescape"))
    return hasher.hexdigest()


def _remembered(cache: Path, root: Path, files: Iterable[Path], digest: Callable[[], str]) -> str:
    """Return a digest of files, from `cache` where none of them changed since it was made.

    The time of the last change of a file's state is looked at beside that of its content: programs can set the one
    back, but not the other. Of files that changed just before they were read nothing is remembered: they may have
    changed again within the same tick of the clock.
    """
    now = time.time_ns()
    facts = [(str(path), path.stat()) for path in files]
    seen = _digest_of((name, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for name, s in facts)
    place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:20]
    note = cache / PREPARED / CONTENTS / f"{place}.json"
    known = _read_note(note)
    if known.get("files") == seen and re.fullmatch("[0-9a-f]{64}", str(known.get("content"))):
        return str(known["content"])
    content = digest()
    if now - max(s.st_ctime_ns for _, s in facts) < SETTLED_NS:
        return content
    with contextlib.suppress(OSError), atomic_write(note) as stream:  # a folder that cannot be written costs time alone
        stream.write(json.dumps({"files": seen, "content": content}) + "\n")
    return content


def _read_note(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as stream:
            note = json.loads(stream.read(LARGEST_NOTE_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return note if isinstance(note, dict) else {}

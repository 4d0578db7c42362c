"""A process beside the others that reads every file of a results folder whenever it changes, at any moment."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from types import TracebackType

import yaml
from PIL import Image

LOOK_EVERY_S = 0.02


class Watcher:
    """A context manager around the watching process; `violations` are what it could not read, `reads` how many it did.

    A journal may end in a line that is not whole: the process that writes it may be in the middle of it.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        context = get_context("spawn")
        self._log = log
        self._ended = context.Event()
        self._process = context.Process(target=watch, args=(folder, log, self._ended), daemon=True)

    def __enter__(self) -> Watcher:
        self._log.write_text("")
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._process.join(60)
        self._process.close()

    @property
    def violations(self) -> list[str]:
        """What could not be read."""
        return [line for line in self._log.read_text().splitlines() if not line.startswith("read ")]

    @property
    def reads(self) -> int:
        """How many times a file was read; known at the end."""
        return sum(int(line.split()[1]) for line in self._log.read_text().splitlines() if line.startswith("read "))


def watch(folder: Path, log: Path, ended: Event) -> None:
    """Read what changed, again and again, and append to the log what cannot be read."""
    seen: dict[Path, tuple[int, int, int]] = {}
    reads = 0
    with log.open("a", buffering=1) as stream:
        while not ended.is_set():
            for path in folder.rglob("*"):
                reader = READERS.get(path.suffix)
                if reader is None or path.name.startswith("."):
                    continue
                try:
                    stat = path.stat()
                    state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                    if seen.get(path) == state:
                        continue
                    seen[path] = state
                    reader(path.read_bytes())
                    reads += 1
                except Exception as error:
                    stream.write(f"{path}: {type(error).__name__}: {' '.join(str(error).split())[:200]}\n")
            time.sleep(LOOK_EVERY_S)
        stream.write(f"read {reads}\n")


def _read_csv(content: bytes) -> None:
    rows = list(csv.reader(io.StringIO(content.decode())))
    if not content.endswith(b"\n") or len({len(row) for row in rows}) != 1:
        raise ValueError("a table that is not whole")


def _read_yaml(content: bytes) -> None:
    if not isinstance(yaml.safe_load(content), dict):
        raise ValueError("YAML that is no mapping")


def _read_png(content: bytes) -> None:
    Image.open(io.BytesIO(content)).load()


def _read_journal(content: bytes) -> None:
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        json.loads(line)


READERS: dict[str, Callable[[bytes], object]] = {
    ".csv": _read_csv,
    ".yaml": _read_yaml,
    ".json": json.loads,
    ".png": _read_png,
    ".journal": _read_journal,
}

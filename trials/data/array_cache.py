"""Decoded data sets kept as .npy files: built once, memory-mapped by every trial on the machine."""

from __future__ import annotations

import json
import logging
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from search_spaces.errors import InvalidInput
from trials.data.content import PREPARED as PREPARED

Arrays = dict[str, np.ndarray[Any, Any]]

ARRAY_NAMES = ("train_images", "train_labels", "test_images", "test_labels")
MANIFEST = "manifest.json"
FORMAT = 1
CHECKED_BLOCKS = 64
BLOCK_BYTES = 1 << 20

log = logging.getLogger("compound_nas")


class DamagedCache(Exception):
    """A cache that cannot be used as it is; it is built again."""


def cached_arrays(folder: Path, key: str, build: Callable[[Path], None]) -> Arrays:
    """Return the four arrays kept in `folder/prepared/key`, letting `build` make them first where they are missing.

    `build` receives an empty folder and writes `train_images.npy` (uint8 [N, C, H, W]), `train_labels.npy`
    (int64 [N]), `test_images.npy` and `test_labels.npy`. Processes that ask at once build once: the others wait.
    Images come back as read-only memory maps. Raises InvalidInput where `folder` cannot be written.
    """
    prepared = folder / PREPARED
    kept = prepared / key
    arrays = open_if_sound(kept)
    if arrays is not None:
        return arrays
    try:
        prepared.mkdir(parents=True, exist_ok=True)
        with locked(prepared / f".{key}.lock", key):
            arrays = open_if_sound(kept)
            if arrays is None:
                replace_folder(kept, prepared / f".{key}.building", build)
                arrays = open_arrays(kept)
            return arrays
    except OSError as error:
        raise InvalidInput("data.folder", str(folder), f"a folder with room that can be written ({error})") from error


@contextmanager
def locked(path: Path, key: str) -> Iterator[None]:
    """Hold the lock of one cache; the system releases it when its owner dies."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=1)
    except Timeout:
        log.info("waiting for another process that prepares %s", key)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def replace_folder(kept: Path, building: Path, build: Callable[[Path], None]) -> None:
    """Build a new cache beside `kept` and put it in its place, whole or not at all."""
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    try:
        build(building)
        write_manifest(building)
        if kept.exists():
            shutil.rmtree(kept)
        building.replace(kept)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def save_arrays(folder: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write the four arrays as .npy files into a folder that `cached_arrays` handed out."""
    for name in ARRAY_NAMES:
        np.save(folder / f"{name}.npy", np.ascontiguousarray(arrays[name]), allow_pickle=False)


def write_manifest(folder: Path) -> None:
    """Write size and checksum of every array; a cache without this file does not count."""
    (folder / MANIFEST).write_text(json.dumps(manifest_of(folder), indent=1) + "\n", encoding="utf-8")


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return what the manifest of the arrays in `folder` says when they are sound."""
    return {"format": FORMAT, "files": {name: file_facts(folder / f"{name}.npy") for name in ARRAY_NAMES}}


def file_facts(path: Path) -> dict[str, int]:
    """Return a file's size in bytes and the CRC-32 of at most 64 evenly spaced blocks of 1 MiB."""
    size = path.stat().st_size
    last = max(size - BLOCK_BYTES, 0)
    blocks = min(CHECKED_BLOCKS, -(-size // BLOCK_BYTES))
    crc = 0
    with path.open("rb") as file:
        for index in range(blocks):
            file.seek(last * index // max(blocks - 1, 1))
            crc = zlib.crc32(file.read(BLOCK_BYTES), crc)
    return {"bytes": size, "crc32": crc}


def open_if_sound(folder: Path) -> Arrays | None:
    """Return the arrays of a cache, or None where it is missing, of another format or damaged."""
    if not folder.exists():
        return None
    try:
        return open_arrays(folder)
    except (DamagedCache, OSError, ValueError, RecursionError) as error:
        log.warning("%s is not usable (%s): preparing it again", folder, error)
        return None


def open_arrays(folder: Path) -> Arrays:
    """Map the images and read the labels of a finished cache; raises DamagedCache."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest != manifest_of(folder):
        raise DamagedCache("its files are not those of its manifest")
    arrays = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r" if name.endswith("images") else None, allow_pickle=False)
        for name in ARRAY_NAMES
    }
    for part in ("train", "test"):
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
        if images.dtype != np.uint8 or images.ndim != 4 or labels.dtype != np.int64 or labels.shape != images.shape[:1]:
            raise DamagedCache(f"its {part} arrays are not images and labels")
    return arrays

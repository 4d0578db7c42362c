"""A folder of images, one sub-folder per class, decoded once into a memory-mapped cache that all trials share."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from io import BufferedWriter
from pathlib import Path
from typing import Any

import numpy as np

from search_spaces.errors import InvalidInput
from trials.data.array_cache import PREPARED, Arrays, cached_arrays
from trials.data.content import folder_content
from trials.data.image_decoding import decode_image, image_size
from trials.data.listing import KEY, ImageFile, ImageFolder, Size, checked_folder, list_images, parse_folder

DECODED_AT_ONCE = 256
CACHE_VERSION = 3
SKIPPED = "skipped.json"
MOST_NAMED = 20

log = logging.getLogger("compound_nas")


@dataclass(frozen=True, kw_only=True)
class FolderData:
    """The decoded images, the names of the classes and the files that were left out because they are broken.

    `content` is the digest of what they were made of (see `trials.data.content`), None where a name says that.
    """

    arrays: Arrays
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    content: str | None = None


@dataclass(kw_only=True)
class Broken:
    """The files that could not be decoded, by name, with what is wrong with each."""

    mistakes: dict[str, InvalidInput] = field(default_factory=dict)

    def refuse(self) -> None:
        """Raise InvalidInput naming the files (all of them, up to twenty) and what is wrong with the first."""
        if not self.mistakes:
            return
        names = list(self.mistakes)
        first = self.mistakes[names[0]]
        others = f" and {len(names) - 1} more: {', '.join(names[1:MOST_NAMED])}" if names[1:] else ""
        rest = ", ..." if len(names) > MOST_NAMED else ""
        accepted = f"{first.accepted}; or leave such files out: data: {{skip_broken: true}}"
        raise InvalidInput(KEY, f"{first.value}{others}{rest}", accepted)


def load_folder(text: str, cache: Path, *, resolution: Size | None = None, skip_broken: bool = False) -> FolderData:
    """Return the images of `PATH` or `PATH?resolution=64` (or `64x96`, height x width) as colour [N, 3, H, W].

    `PATH` holds one sub-folder per class, or `train` and `test` (or `val`) folders that do; without a test folder
    a fifth of every class, chosen by a hash of the names, becomes the test part. Each image is turned upright,
    resized until it just covers the resolution, and cropped at its centre. Without a resolution all images must have
    the same size, which is kept. The cache is built anew when a name, the content of a file or the resolution changes.
    Raises InvalidInput for what is no image or too large, naming every such file; with `skip_broken` they are left out.
    """
    root, stated = parse_folder(text)
    images = list_images(root)
    size = stated or resolution
    content = folder_content(images, cache)
    key = f"folder-{cache_key(content, images, size, skip_broken)}"
    arrays = cached_arrays(cache, key, lambda target: decode_folder(target, images, size, skip_broken))
    kept = cache / PREPARED / key / SKIPPED
    skipped = tuple(json.loads(kept.read_text(encoding="utf-8"))) if kept.is_file() else ()
    return FolderData(arrays=arrays, classes=images.classes, skipped=skipped, content=content)


def cache_key(content: str, images: ImageFolder, resolution: Size | None, skip_broken: bool) -> str:
    """Return 20 hex digits that change with the content of any file and with the settings."""
    settings = (CACHE_VERSION, content, resolution, skip_broken, images.classes)
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:20]


def decode_folder(target: Path, images: ImageFolder, size: Size | None, skip_broken: bool) -> None:
    """Write the four arrays of a data set, and the names of the files that were left out, into `target`."""
    broken = Broken()
    if size is None:
        size = common_size(images)
    check_room(target, len(images.files), size)
    train, test = (
        decode_files(target / f"{part}_images.npy", files, size, broken)
        for part, files in (("train", images.train), ("test", images.test))
    )
    if not skip_broken:
        broken.refuse()
    checked_folder(replace(images, train=train, test=test))
    for part, kept in (("train", train), ("test", test)):
        np.save(target / f"{part}_labels.npy", np.array([file.label for file in kept], dtype=np.int64))
    if broken.mistakes:
        log.warning("%d broken images are left out: %s", len(broken.mistakes), ", ".join(broken.mistakes))
        (target / SKIPPED).write_text(json.dumps(list(broken.mistakes)), encoding="utf-8")


def common_size(images: ImageFolder) -> Size:
    """Return the (height, width) that all images have; raises InvalidInput naming two that differ."""
    first = images.train[0]
    size = image_size(first.path)
    for file in images.files:
        if (other := image_size(file.path)) != size:
            found = f"{first.name} is {size[0]}x{size[1]}, {file.name} {other[0]}x{other[1]}"
            raise InvalidInput(KEY, "no resolution", f"folder:PATH?resolution=64 where images differ in size ({found})")
    return size


def check_room(folder: Path, count: int, size: Size) -> None:
    """Raise InvalidInput where the decoded images do not fit on the disk."""
    needed = count * 3 * size[0] * size[1]
    free = shutil.disk_usage(folder).free
    log.info("decoding %d images into %.1f MB", count, needed / 1e6)
    if needed > free:
        accepted = f"a folder with {needed / 1e6:.0f} MB free (it has {free / 1e6:.0f}), or a smaller resolution"
        raise InvalidInput("data.folder", str(folder.parent), accepted)


def decode_files(target: Path, files: Sequence[ImageFile], size: Size, broken: Broken) -> tuple[ImageFile, ...]:
    """Decode files into one .npy file, uint8 [N, 3, H, W], on all cores; return those that could be decoded.

    It is written as a plain file: on a full disk that is an error, where a memory map would kill the process.
    """
    kept: list[ImageFile] = []

    def decoded(file: ImageFile) -> np.ndarray[Any, Any] | InvalidInput:
        try:
            return decode_image(file.path, size)
        except InvalidInput as mistake:
            return mistake

    with target.open("wb") as out, ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        header = write_header(out, len(files), size)
        for start in range(0, len(files), DECODED_AT_ONCE):
            some = files[start : start + DECODED_AT_ONCE]
            for file, image in zip(some, pool.map(decoded, some), strict=True):
                if isinstance(image, InvalidInput):
                    broken.mistakes[file.name] = image
                else:
                    out.write(image.tobytes())
                    kept.append(file)
        out.seek(0)
        assert write_header(out, len(kept), size) == header  # numpy leaves room for any length of the first axis
    return tuple(kept)


def write_header(out: BufferedWriter, count: int, size: Size) -> int:
    """Write the header of an .npy file of `count` images and return its length in bytes."""
    np.lib.format.write_array_header_1_0(out, {"descr": "|u1", "fortran_order": False, "shape": (count, 3, *size)})
    return out.tell()

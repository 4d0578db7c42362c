"""A folder of images, one sub-folder per class, decoded once into a memory-mapped cache that all trials share."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np

from search_spaces.errors import InvalidInput
from trials.data.array_cache import Arrays, cached_arrays
from trials.data.image_decoding import decode_image, image_size

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".ppm", ".pgm")
TEST_FOLDERS = ("test", "val", "validation")
TEST_SHARE = 0.2
MAX_RESOLUTION = 4096
DECODED_AT_ONCE = 256
CACHE_VERSION = 1
KEY = "data.name"

log = logging.getLogger("compound_nas")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFile:
    """One image: its place, its path below the data set's root, and the number of its class."""

    path: Path
    name: str
    label: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFolder:
    """The classes in alphabetical order and the files of the training and the test part."""

    classes: tuple[str, ...]
    train: tuple[ImageFile, ...]
    test: tuple[ImageFile, ...]


def folder_arrays(text: str, cache: Path) -> Arrays:
    """Return the images of `PATH` or `PATH?resolution=64` (or `64x96`, height x width) as colour [N, 3, H, W].

    `PATH` holds one sub-folder per class, or `train` and `test` (or `val`) folders that do; without a test folder
    about a fifth of the images, chosen by a hash of their names, becomes the test part. Each image is turned upright,
    resized until it just covers the resolution, and cropped at its centre. Without a resolution all images must have
    the same size, which is kept. The cache is built anew when a name, size, time or the resolution changes.
    Raises InvalidInput, naming the file, for what is no image or too large.
    """
    root, resolution = parse_folder(text)
    images = list_images(root)
    key = f"folder-{digest(root, images, resolution)}"

    def build(target: Path) -> None:
        size = resolution or common_size(images)
        check_room(target, len(images.train) + len(images.test), size)
        for part, files in (("train", images.train), ("test", images.test)):
            decode_files(target / f"{part}_images.npy", files, size)
            np.save(target / f"{part}_labels.npy", np.array([file.label for file in files], dtype=np.int64))

    return cached_arrays(cache, key, build)


def parse_folder(text: str) -> tuple[Path, tuple[int, int] | None]:
    """Split `PATH?resolution=64` into the folder and (height, width), None where no resolution is given."""
    path, question, setting = text.rpartition("?")
    if not question:
        return Path(text), None
    match = re.fullmatch(r"resolution=(\d{1,4})(?:x(\d{1,4}))?", setting)
    resolution = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not all(1 <= side <= MAX_RESOLUTION for side in resolution):
        raise InvalidInput(KEY, f"folder:{text}", f"folder:PATH?resolution=64 or 64x96, sides 1 to {MAX_RESOLUTION}")
    return Path(path), resolution


def list_images(root: Path) -> ImageFolder:
    """Return the images below `root` by class and part, in the order of their names; raises InvalidInput."""
    if not root.is_dir():
        raise InvalidInput(KEY, f"folder:{root}", "a folder that exists")
    # A folder `train` without folders in it is a class: pictures of trains.
    base = root / "train" if sub_folders(root / "train") else root
    train = sub_folders(base)
    test_root = next((root / name for name in TEST_FOLDERS if base != root and sub_folders(root / name)), None)
    if test_root is None:
        parts = split_test(class_files(root, train, train))
    else:
        test = sub_folders(test_root)
        if unknown := sorted(test.keys() - train.keys()):
            raise InvalidInput(KEY, f"folder:{root}", f"test classes that are training classes too, not {unknown[0]!r}")
        parts = class_files(root, train, train), class_files(root, test, train)
    return checked_folder(root, ImageFolder(classes=tuple(train), train=parts[0], test=parts[1]))


def sub_folders(folder: Path) -> dict[str, Path]:
    """Return the visible sub-folders by name, sorted; none where there is no such folder."""
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")}


def class_files(root: Path, folders: dict[str, Path], classes: Iterable[str]) -> tuple[ImageFile, ...]:
    """Return the image files of every class folder, at any depth, sorted by name."""
    labels = {name: label for label, name in enumerate(classes)}
    return tuple(
        ImageFile(path=path, name=path.relative_to(root).as_posix(), label=labels[name])
        for name, folder in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def split_test(files: Sequence[ImageFile]) -> tuple[tuple[ImageFile, ...], tuple[ImageFile, ...]]:
    """Split files into a training and a test part; a file stays where it is when others come and go."""
    test = {file.name for file in files if name_fraction(file) < TEST_SHARE}
    return tuple(f for f in files if f.name not in test), tuple(f for f in files if f.name in test)


def name_fraction(file: ImageFile) -> float:
    """Return a number in [0, 1) that depends on nothing but the class folder and the file's name."""
    text = "/".join(file.name.split("/")[-2:])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def checked_folder(root: Path, images: ImageFolder) -> ImageFolder:
    """Return the folder where each class has a training image and there are test images; raises InvalidInput."""
    if len(images.classes) < 2:
        raise InvalidInput(KEY, f"folder:{root}", "at least two sub-folders with images, one per class")
    present = {file.label for file in images.train}
    empty = [name for label, name in enumerate(images.classes) if label not in present]
    if empty:
        suffixes = ", ".join(IMAGE_SUFFIXES)
        raise InvalidInput(KEY, f"folder:{root}", f"training images ({suffixes}) in every class, also in {empty[0]!r}")
    if not images.test:
        raise InvalidInput(KEY, f"folder:{root}", "enough images for a test part, or a test folder")
    return images


def digest(root: Path, images: ImageFolder, resolution: tuple[int, int] | None) -> str:
    """Return 20 hex digits that change with any file's part, name, size or time, and with the resolution."""
    hasher = hashlib.sha256(repr((CACHE_VERSION, str(root.resolve()), resolution, images.classes)).encode())
    for part in (images.train, images.test):
        for file in part:
            facts = file.path.stat()
            hasher.update(repr((file.name, file.label, facts.st_size, facts.st_mtime_ns)).encode())
        hasher.update(b"|")
    return hasher.hexdigest()[:20]


def common_size(images: ImageFolder) -> tuple[int, int]:
    """Return the (height, width) that all images have; raises InvalidInput naming two that differ."""
    first = images.train[0]
    size = image_size(first.path)
    for file in (*images.train, *images.test):
        if (other := image_size(file.path)) != size:
            found = f"{first.name} is {size[0]}x{size[1]}, {file.name} {other[0]}x{other[1]}"
            raise InvalidInput(KEY, "no resolution", f"folder:PATH?resolution=64 where images differ in size ({found})")
    return size


def check_room(folder: Path, count: int, size: tuple[int, int]) -> None:
    """Raise InvalidInput where the decoded images do not fit on the disk."""
    needed = count * 3 * size[0] * size[1]
    free = shutil.disk_usage(folder).free
    log.info("decoding %d images into %.1f MB", count, needed / 1e6)
    if needed > free:
        accepted = f"a folder with {needed / 1e6:.0f} MB free (it has {free / 1e6:.0f}), or a smaller resolution"
        raise InvalidInput("data.folder", str(folder.parent), accepted)


def decode_files(target: Path, files: Sequence[ImageFile], size: tuple[int, int]) -> None:
    """Decode all files into one .npy file, uint8 [N, 3, H, W], on all cores.

    It is written as a plain file: on a full disk that is an error, where a memory map would kill the process.
    """
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(files), 3, *size)}
    with target.open("wb") as out, ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        np.lib.format.write_array_header_1_0(out, header)
        for start in range(0, len(files), DECODED_AT_ONCE):
            paths = [file.path for file in files[start : start + DECODED_AT_ONCE]]
            for image in pool.map(decode_image, paths, repeat(size)):
                out.write(image.tobytes())

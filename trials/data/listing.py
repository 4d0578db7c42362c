"""The image files of a folder by class, and which of them are the test images. Nothing is decoded."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from search_spaces.errors import InvalidInput

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".ppm", ".pgm")
TEST_FOLDERS = ("test", "val", "validation")
TEST_SHARE = 0.2
KEY = "data.name"
MAX_RESOLUTION = 4096

Size = tuple[int, int]  # height, width in pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFile:
    """One image: its place, its path below the data set's root, and the number of its class."""

    path: Path
    name: str
    label: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFolder:
    """The classes in alphabetical order and the files of the training and the test part."""

    root: Path
    classes: tuple[str, ...]
    train: tuple[ImageFile, ...]
    test: tuple[ImageFile, ...]
    test_folder: str | None  # None: the test images were held out of the training images

    @property
    def files(self) -> tuple[ImageFile, ...]:
        """All files, the training part first."""
        return (*self.train, *self.test)


def parse_folder(text: str) -> tuple[Path, Size | None]:
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
    held = None if test_root is None else test_root.name
    return checked_folder(ImageFolder(root=root, classes=tuple(train), train=parts[0], test=parts[1], test_folder=held))


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
    """Split files into a training and a test part, a fifth of every class for testing (stratified).

    Which files these are depends on nothing but their names; of a class with one image that one is for training.
    """
    by_class: dict[int, list[ImageFile]] = {}
    for file in files:
        by_class.setdefault(file.label, []).append(file)
    test = {file.name for members in by_class.values() for file in _held_out(members)}
    return tuple(f for f in files if f.name not in test), tuple(f for f in files if f.name in test)


def _held_out(members: Sequence[ImageFile]) -> Sequence[ImageFile]:
    """Return the test images of one class: those whose names have the smallest hashes."""
    wanted = max(1, math.floor(TEST_SHARE * len(members) + 0.5)) if len(members) > 1 else 0
    return sorted(members, key=lambda file: (name_fraction(file), file.name))[:wanted]


def name_fraction(file: ImageFile) -> float:
    """Return a number in [0, 1) that depends on nothing but the class folder and the file's name."""
    text = "/".join(file.name.split("/")[-2:])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def checked_folder(images: ImageFolder) -> ImageFolder:
    """Return the folder where each class has a training image and there are test images; raises InvalidInput."""
    if len(images.classes) < 2:
        raise InvalidInput(KEY, f"folder:{images.root}", "at least two sub-folders with images, one per class")
    present = {file.label for file in images.train}
    empty = [name for label, name in enumerate(images.classes) if label not in present]
    if empty:
        suffixes = ", ".join(IMAGE_SUFFIXES)
        raise InvalidInput(
            KEY, f"folder:{images.root}", f"training images ({suffixes}) in every class, also in {empty[0]!r}"
        )
    if not images.test:
        raise InvalidInput(KEY, f"folder:{images.root}", "enough images for a test part, or a test folder")
    return images

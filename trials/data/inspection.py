"""A folder of images looked through as a whole: classes, sizes, files that are broken or no images."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from search_spaces.errors import InvalidInput
from trials.data.image_decoding import decode_image, image_size
from trials.data.listing import IMAGE_SUFFIXES, ImageFile, ImageFolder, Size, list_images, parse_folder, sub_folders

PROBE = (8, 8)  # pixels: an image is decoded as a whole, and kept small


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """All that is in a folder of images, by class in alphabetical order.

    `sizes` counts upright (height, width) pairs of readable images; `broken` is file name -> what is wrong with it.
    `ignored` are files that are no images by their names, or lie outside the folders of the classes.
    """

    folder: ImageFolder
    train_images: dict[str, int]
    test_images: dict[str, int]
    sizes: Counter[Size]
    broken: dict[str, str]
    ignored: tuple[str, ...]


def inspect_folder(text: str) -> Inspection:
    """Look through the folder of `folder:TEXT`, decoding every image. Raises InvalidInput where it is no data set."""
    root, _ = parse_folder(text)
    folder = list_images(root.expanduser())
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = list(pool.map(_size_of, folder.files))
    broken = {
        file.name: size.accepted
        for file, size in zip(folder.files, found, strict=True)
        if isinstance(size, InvalidInput)
    }
    return Inspection(
        folder=folder,
        train_images=_by_class(folder, folder.train),
        test_images=_by_class(folder, folder.test),
        sizes=Counter(size for size in found if not isinstance(size, InvalidInput)),
        broken=broken,
        ignored=_ignored(folder),
    )


def _size_of(file: ImageFile) -> Size | InvalidInput:
    try:
        size = image_size(file.path)
        decode_image(file.path, PROBE)
    except InvalidInput as mistake:
        return mistake
    return size


def _by_class(folder: ImageFolder, files: tuple[ImageFile, ...]) -> dict[str, int]:
    counts = Counter(file.label for file in files)
    return {name: counts[label] for label, name in enumerate(folder.classes)}


def _ignored(folder: ImageFolder) -> tuple[str, ...]:
    used = {file.name for file in folder.files}
    names = (path.relative_to(folder.root).as_posix() for path in sorted(folder.root.rglob("*")) if path.is_file())
    return tuple(name for name in names if name not in used)


def looks_like_classes(root: Path) -> bool:
    """Tell whether a folder holds sub-folders with images, as `folder:PATH` wants it."""
    return any(
        file.suffix.lower() in IMAGE_SUFFIXES for folder in sub_folders(root).values() for file in folder.rglob("*")
    )

"""How many images of which sizes and classes a data set has: all that settings are derived from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low

from search_spaces.errors import InvalidInput
from trials.data.datasets import load_data
from trials.data.image_decoding import image_size
from trials.data.listing import ImageFile, Size, list_images, parse_folder

MOST_SIZES_READ = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFacts:
    """Images and classes of a data set. `size` is the images' own (height, width) in pixels.

    Where images differ in size it is the median of the shorter sides, squared.
    """

    size: Size
    channels: int
    num_classes: int
    train_images: int
    test_images: int
    smallest_class: int  # training images of the class that has fewest


def data_facts(name: str, folder: Path) -> DataFacts:
    """Return the facts of a data set. Raises InvalidInput as `load_data` does.

    Of a folder of images only the names and some headers are read; anything else is fetched and opened.
    """
    kind, _, path = name.partition(":")
    return _folder_facts(path) if kind == "folder" and path else _loaded_facts(name, folder)


def _loaded_facts(name: str, folder: Path) -> DataFacts:
    import numpy as np

    data = load_data(name, folder)
    return DataFacts(
        size=data.resolution,
        channels=data.channels,
        num_classes=data.num_classes,
        train_images=len(data.train_labels),
        test_images=len(data.test_labels),
        smallest_class=int(np.bincount(data.train_labels, minlength=data.num_classes).min()),
    )


def _folder_facts(text: str) -> DataFacts:
    root, stated = parse_folder(text)
    images = list_images(root.expanduser())
    counts = [0] * len(images.classes)
    for file in images.train:
        counts[file.label] += 1
    return DataFacts(
        size=stated or typical_size(images.train),
        channels=3,
        num_classes=len(images.classes),
        train_images=len(images.train),
        test_images=len(images.test),
        smallest_class=min(counts),
    )


def typical_size(files: Sequence[ImageFile]) -> Size:
    """Return the (height, width) of all images, or the median shorter side, squared, where they differ.

    At most 500 headers are read, evenly spaced. Raises the InvalidInput of the first file if none can be read.
    """
    step = max(1, len(files) // MOST_SIZES_READ)
    sizes: list[Size] = []
    mistakes: list[InvalidInput] = []
    for file in files[::step]:
        try:
            sizes.append(image_size(file.path))
        except InvalidInput as mistake:
            mistakes.append(mistake)
    if not sizes:
        raise mistakes[0]
    if len(set(sizes)) == 1:
        return sizes[0]
    side = median_low(min(size) for size in sizes)
    return side, side

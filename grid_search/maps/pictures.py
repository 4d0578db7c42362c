"""The pictures that are looked at: validation images of the experiment, or files of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from trials.data.datasets import Split
from trials.data.image_files import image_files, read_image

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class Pictures(Protocol):
    """Pictures with names, and their classes where they are known."""

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""

    @property
    def labels(self) -> tuple[int | None, ...]:
        """Their classes; None where that is not known."""

    def read(self, places: Sequence[int], size: tuple[int, int], channels: int) -> Pixels:
        """Return some of them as uint8 [N, C, H, W], of `size` (height, width) or of the size they are stored at."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ValidationPictures:
    """The first images of a validation part; it is stratified, so that they are a fair sample."""

    names: tuple[str, ...]
    labels: tuple[int | None, ...]
    pixels: Pixels  # [N, C, H, W]

    def read(self, places: Sequence[int], size: tuple[int, int], channels: int) -> Pixels:
        """Return them as they are stored."""
        del size, channels
        return self.pixels[list(places)]


@dataclass(frozen=True, kw_only=True, eq=False)
class FilePictures:
    """Image files; the class of each is the folder it lies in, where a class is called so."""

    names: tuple[str, ...]  # relative to the folder
    labels: tuple[int | None, ...]
    files: tuple[Path, ...]

    def read(self, places: Sequence[int], size: tuple[int, int], channels: int) -> Pixels:
        """Return them resized to cover `size` and cropped at their centre."""
        return np.stack([read_image(self.files[place], size, channels) for place in places])


def validation_pictures(split: Split, count: int) -> ValidationPictures:
    """Return the first `count` validation images."""
    count = min(count, len(split.validation_labels))
    labels = tuple(int(label) for label in split.validation_labels[:count].tolist())
    names = tuple(f"validation image {place}" for place in range(count))
    return ValidationPictures(names=names, labels=labels, pixels=split.validation_images[slice(0, count)].numpy())


def file_pictures(folder: Path, classes: Sequence[str]) -> FilePictures:
    """Return all images below a folder. Raises InvalidInput where there are none."""
    files = image_files([folder])
    known = {name: label for label, name in enumerate(classes)}
    return FilePictures(
        names=tuple(file.relative_to(folder).as_posix() for file in files),
        labels=tuple(known.get(file.parent.name) for file in files),
        files=tuple(files),
    )


def spread(count: int, shown: int) -> list[int]:
    """Return at most `shown` places, evenly spread over `count`.

    >>> spread(9, 3), spread(2, 6)
    ([0, 4, 8], [0, 1])
    """
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, shown)).tolist()})

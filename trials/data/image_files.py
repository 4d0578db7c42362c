"""Image files that a user names, read as a network takes them. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from search_spaces.errors import InvalidInput
from trials.data.image_decoding import decode_image
from trials.data.listing import IMAGE_SUFFIXES

LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601, as Pillow turns colour to grey


def image_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that were named and the image files below the folders that were, sorted by name.

    Raises InvalidInput for a path that is not there and where there is no image at all.
    """
    named, files = list(paths), list[Path]()
    for path in named:
        if path.is_dir():
            files += sorted(file for file in path.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidInput("images", str(path), "an image file or a folder of them")
    if not files:
        raise InvalidInput("images", ", ".join(map(str, named)), f"at least one image ({', '.join(IMAGE_SUFFIXES)})")
    return files


def read_image(file: Path, size: tuple[int, int], channels: int) -> np.ndarray[Any, Any]:
    """Return an image as uint8 [C, H, W], resized to cover `size` (height, width) and cropped; grey for one channel.

    Raises InvalidInput for what is no image, and for networks of other than 1 or 3 channels.
    """
    image = decode_image(file, size)
    if channels == 1:
        return np.rint(np.tensordot(LUMINANCE, image.astype(np.float32), 1)).astype(np.uint8)[None]
    if channels != 3:
        raise InvalidInput("weights", f"{channels} channels", "weights for images of 1 or 3 channels")
    return image

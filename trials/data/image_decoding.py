"""Decode one image file with bounds on its size, so that a crafted file cannot fill the memory."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from search_spaces.errors import InvalidInput
from search_spaces.files import require_file
from trials.data.content import MAX_IMAGE_BYTES

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "PPM")
MAX_PIXELS = 89_478_485  # Pillow's own Image.MAX_IMAGE_PIXELS, as an error instead of a warning
MOST_DECODED_PIXELS = 40_000_000  # 4 bytes each, up to three copies of them at a time
LARGE_PIXELS = 4_000_000  # an image above that is decoded while no other such one is
ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 swap height and width
FIRST_TURNED = 5
_ONE_AT_A_TIME = threading.Lock()
EIGHT_BIT_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr")


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open an image whose file and pixel counts are within bounds; any defect becomes InvalidInput with its name."""
    try:
        require_file(path, MAX_IMAGE_BYTES)
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"it has more than {MAX_PIXELS} pixels")
            if image.mode not in EIGHT_BIT_MODES:
                raise ValueError(f"its pixels are {image.mode}, not of 8 bits")
            yield image
    except Exception as error:  # on crafted bytes a decoder may raise anything
        accepted = f"a whole 8-bit image of {', '.join(FORMATS)} ({' '.join(str(error).split())[:200]})"
        raise InvalidInput("data.name", str(path), accepted) from error


def image_size(path: Path) -> tuple[int, int]:
    """Return an image's upright (height, width) without decoding its pixels."""
    with opened(path) as image:
        turned = image.getexif().get(ORIENTATION, 1) >= FIRST_TURNED
        return (image.width, image.height) if turned else (image.height, image.width)


def decode_image(path: Path, size: tuple[int, int]) -> np.ndarray[Any, Any]:
    """Return an image as uint8 [3, H, W], upright, resized to cover `size` (height, width), cropped at its centre."""
    height, width = size
    with opened(path) as image:
        longest, held = max(size), image.width * image.height
        image.draft("RGB", (longest * 2, longest * 2))
        pixels = image.width * image.height
        if not image.info.get("progressive"):  # which is held as a whole, however small it is decoded
            held = pixels
        if pixels > MOST_DECODED_PIXELS:
            raise ValueError(
                f"it has more than {MOST_DECODED_PIXELS} pixels to decode; JPEG alone can be decoded smaller"
            )
        with _ONE_AT_A_TIME if held > LARGE_PIXELS else contextlib.nullcontext():
            return _fitted(image, width, height)


def _fitted(image: Image.Image, width: int, height: int) -> np.ndarray[Any, Any]:
    upright = ImageOps.exif_transpose(image).convert("RGB")
    fitted = ImageOps.fit(upright, (width, height), method=Image.Resampling.BICUBIC)
    return np.asarray(fitted).transpose(2, 0, 1)

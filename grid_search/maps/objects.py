"""Where the object is: boxes in a CSV file, or a folder of masks, brought to the pixels a network sees. No torch."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from search_spaces.errors import InvalidInput
from search_spaces.files import read_bounded
from trials.data.image_decoding import image_size, opened

LARGEST_TABLE_BYTES = 64 << 20
COLUMNS = ("file", "x0", "y0", "x1", "y1")
Box = tuple[float, float, float, float]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Objects:
    """The objects of pictures: boxes (x0, y0, x1, y1 in pixels, ends left out) by name, or a folder of masks."""

    boxes: Mapping[str, tuple[Box, ...]]
    masks: Path | None = None

    def mask(self, name: str, file: Path, size: tuple[int, int]) -> Mask | None:
        """Return the pixels [H, W] of the object in the picture `name`, fitted to `size` as the picture is.

        None where the picture has no object, or its crop shows none of it. Raises InvalidInput for a mask of another
        size than its picture.
        """
        whole = image_size(file)
        drawn = self._boxes(name, whole) if self.masks is None else _mask(self.masks, name, whole)
        if drawn is None:
            return None
        fitted = ImageOps.fit(drawn, (size[1], size[0]), method=Image.Resampling.NEAREST)
        pixels = np.asarray(fitted) > 0
        return pixels if pixels.any() else None

    def _boxes(self, name: str, size: tuple[int, int]) -> Image.Image | None:
        if name not in self.boxes:
            return None
        drawn = Image.new("L", (size[1], size[0]))
        for x0, y0, x1, y1 in self.boxes[name]:
            left, top, right, bottom = round(x0), round(y0), round(x1) - 1, round(y1) - 1
            if left <= right and top <= bottom:
                ImageDraw.Draw(drawn).rectangle((left, top, right, bottom), fill=255)
        return drawn


def read_objects(source: Path) -> Objects:
    """Return the objects of a CSV file with columns file, x0, y0, x1, y1, or of a folder of masks.

    Files are named from the folder of images on. A mask is an image of the same name (with any ending) whose object is
    what is not black. Raises InvalidInput for what cannot be read.
    """
    if source.is_dir():
        return Objects(boxes={}, masks=source)
    try:
        text = read_bounded(source, LARGEST_TABLE_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("--boxes", str(source), f"a CSV file or a folder of masks ({error})") from None
    rows = csv.DictReader(text.splitlines())
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise InvalidInput("--boxes", str(source), f"a CSV file with columns {', '.join(COLUMNS)}")
    boxes = defaultdict[str, list[Box]](list)
    for number, row in enumerate(rows, start=2):
        boxes[row["file"]].append(_box(row, f"{source}, line {number}"))
    return Objects(boxes={name: tuple(found) for name, found in boxes.items()})


def _box(row: Mapping[str, str], place: str) -> Box:
    try:
        x0, y0, x1, y1 = (float(row[name]) for name in COLUMNS[1:])
    except (TypeError, ValueError):
        raise InvalidInput(place, dict(row), "numbers of pixels as x0, y0, x1, y1") from None
    if not (all(map(math.isfinite, (x0, y0, x1, y1))) and 0 <= x0 < x1 and 0 <= y0 < y1):
        raise InvalidInput(place, (x0, y0, x1, y1), "a box with 0 <= x0 < x1 and 0 <= y0 < y1")
    return x0, y0, x1, y1


def _mask(folder: Path, name: str, size: tuple[int, int]) -> Image.Image | None:
    """Return the mask of a picture; None where there is none."""
    found = [path for path in sorted((folder / name).parent.glob("*")) if path.stem == Path(name).stem]
    if not found:
        return None
    with opened(found[0]) as image:
        drawn = ImageOps.exif_transpose(image).convert("L").point(lambda value: 255 * (value > 0))
    if (drawn.height, drawn.width) != size:
        told = f"{drawn.height} x {drawn.width} px"
        raise InvalidInput(str(found[0]), told, f"a mask as large as its picture, {size[0]} x {size[1]} px")
    return drawn

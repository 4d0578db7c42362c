"""Folders of small pictures, one folder for each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def write_pictures(root: Path, counts: dict[str, int], size: tuple[int, int] = (20, 24)) -> Path:
    """Write noise of `size` (height, width), so many images for each class."""
    rng = np.random.default_rng(0)
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)).save(root / name / f"{number}.png")
    return root

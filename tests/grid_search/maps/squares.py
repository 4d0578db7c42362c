"""Images whose class is the colour of one square in noise: where a network has to look is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml
from PIL import Image

COLOURS = {"blue": (50, 70, 240), "green": (40, 220, 60), "red": (230, 40, 40)}
PIXELS, SIDE = 48, 16
BASELINE = {
    "name": "tiny",
    "resolution": PIXELS,
    "stem": {"width": 8},
    "stages": [
        {"op": "mbconv", "kernel_size": 3, "stride": 2, "expansion_ratio": 2, "width": 12, "depth": 1},
        {"op": "mbconv", "kernel_size": 3, "stride": 2, "expansion_ratio": 2, "width": 16, "depth": 1},
    ],
    "head": {"width": 32},
}
EXPERIMENT = {
    "data": {"name": "folder:train", "validation_images": 15},
    "proxy": {},
    "training": {"epochs": 4, "batch_size": 12, "learning_rate": 0.05, "warmup_epochs": 1},
    "compute": {"device": "cpu", "threads": 1},
}


def write_squares(folder: Path) -> None:
    """Write `train` and `look` by class, `boxes.csv` and `masks` of `look`, an experiment, a baseline."""
    rng = np.random.default_rng(0)
    rows = ["file,x0,y0,x1,y1"]
    for part, count in (("train", 30), ("look", 8)):
        for name, colour in COLOURS.items():
            for number in range(count):
                image = rng.integers(60, 140, (PIXELS, PIXELS, 3), dtype=np.uint8)
                x, y = rng.integers(0, PIXELS - SIDE, 2).tolist()
                image[y : y + SIDE, x : x + SIDE] = colour
                save(image, folder / part / name / f"{number:02}.png")
                if part == "look":
                    rows.append(f"{name}/{number:02}.png,{x},{y},{x + SIDE},{y + SIDE}")
                    mask = np.zeros((PIXELS, PIXELS), dtype=np.uint8)
                    mask[y : y + SIDE, x : x + SIDE] = 1
                    save(mask, folder / "masks" / name / f"{number:02}.png")
    (folder / "boxes.csv").write_text("\n".join(rows) + "\n")
    (folder / "experiments.yaml").write_text(yaml.safe_dump({"squares": EXPERIMENT}))
    (folder / "tiny.yaml").write_text(yaml.safe_dump(BASELINE))


def save(pixels: np.ndarray, path: Path) -> None:  # type: ignore[type-arg]
    """Write an image."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)

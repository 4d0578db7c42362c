from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search_spaces.errors import InvalidInput
from trials.data.image_files import image_files, read_image


def picture(path: Path) -> Path:
    """Noise of 20 x 30 px."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(path)
    return path


def test_folders_are_searched(tmp_path: Path) -> None:
    files = [picture(tmp_path / "p" / "deep" / f"{name}.png") for name in "ab"]
    (tmp_path / "p" / "notes.txt").write_text("hello")
    assert image_files([tmp_path / "p"]) == files
    assert image_files([tmp_path / "p" / "notes.txt"]) == [tmp_path / "p" / "notes.txt"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, message in (("none", "an image file or a folder"), ("empty", "at least one image")):
        with pytest.raises(InvalidInput, match=message):
            image_files([tmp_path / name])


def test_grey_is_what_pillow_makes_of_colour(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    with Image.open(file) as image:
        small = image.resize((16, 12))
    small.save(file)
    grey = np.asarray(small.convert("L")).astype(int)
    assert np.abs(read_image(file, (12, 16), 1)[0].astype(int) - grey).max() <= 1


def test_other_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="2 channels"):
        read_image(picture(tmp_path / "a.png"), (12, 16), 2)

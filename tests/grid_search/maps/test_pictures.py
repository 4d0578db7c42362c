from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grid_search.maps.pictures import file_pictures, spread, validation_pictures
from trials.experiment import DataConfig
from trials.training.equipment import load_split


def test_validation_images_are_those_of_the_split() -> None:
    split = load_split(DataConfig(name="digits", train_images=100, validation_images=50))
    found = validation_pictures(split, 7)
    assert found.labels == tuple(split.validation_labels[:7].tolist())
    assert np.array_equal(found.read([2, 5], (64, 64), 3), split.validation_images[2:6:3].numpy())
    assert len(validation_pictures(split, 1000).names) == 50


@pytest.mark.usefixtures("inside")
def test_files_have_the_class_of_their_folder() -> None:
    found = file_pictures(Path("look"), ("red", "green"))
    assert found.names[0] == "blue/00.png"
    assert {name.split("/")[0]: label for name, label in zip(found.names, found.labels, strict=True)} == {
        "blue": None,
        "green": 1,
        "red": 0,
    }
    with Image.open(found.files[3]) as image:
        assert np.array_equal(found.read([3], (48, 48), 3)[0], np.asarray(image).transpose(2, 0, 1))


def test_pictures_that_are_shown_are_spread() -> None:
    assert spread(24, 6) == [0, 5, 9, 14, 18, 23]
    assert spread(1, 6) == [0]

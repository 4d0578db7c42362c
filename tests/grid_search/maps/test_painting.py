from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from grid_search.maps.painting import OUTLINE, as_source, painted

GREY = np.full((1, 4, 4), 100, dtype=np.uint8)


def test_a_picture_is_enlarged_pixel_by_pixel() -> None:
    colour = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)
    assert np.array_equal(painted(colour, (8, 8))[::2, ::2], colour.transpose(1, 2, 0))
    assert (painted(GREY, (8, 8)) == 100).all()


def test_a_map_colours_where_it_is_high() -> None:
    heat = np.zeros((8, 8), dtype=np.float32)
    heat[0, 0] = 0.001  # drawn in colours of its own highest
    found = painted(GREY, (8, 8), heat)
    assert found[0, 0, 0] > 180
    assert (found[4:, 4:] == 100).all()
    assert (painted(GREY, (8, 8), np.zeros((8, 8), dtype=np.float32)) == 100).all()


def test_an_object_has_an_outline() -> None:
    mask = np.zeros((8, 8), dtype=np.bool_)
    mask[1:7, 1:7] = True
    found = painted(GREY, (8, 8), mask=mask)
    assert (found[1, 1] == OUTLINE).all()
    assert (found[3, 3] == 100).all()
    assert (found[0, 0] == 100).all()


def test_a_source_is_a_png() -> None:
    found = painted(GREY, (8, 8))
    content = base64.b64decode(as_source(found).removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(content)) as image:
        assert np.array_equal(np.asarray(image), found)

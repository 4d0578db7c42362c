from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grid_search.maps.objects import read_objects
from search_spaces.errors import InvalidInput
from tests.grid_search.maps.squares import SIDE, save


@pytest.mark.usefixtures("inside")
def test_boxes_and_masks_say_the_same() -> None:
    boxes, masks = read_objects(Path("boxes.csv")), read_objects(Path("masks"))
    for name in ("blue/00.png", "red/07.png"):
        file = Path("look") / name
        found = boxes.mask(name, file, (48, 48))
        assert found is not None
        assert found.sum() == SIDE * SIDE
        with Image.open(file) as image:
            inside_square = np.asarray(image)[found]
        assert (inside_square == inside_square[0]).all()  # the square is of one colour, the rest is noise
        assert np.array_equal(found, masks.mask(name, file, (48, 48)))  # type: ignore[arg-type]
    assert boxes.mask("blue/99.png", Path("look/blue/00.png"), (48, 48)) is None
    assert masks.mask("blue/99.png", Path("look/blue/00.png"), (48, 48)) is None


def test_an_object_is_cropped_as_its_picture_is(tmp_path: Path) -> None:
    save(np.zeros((40, 80, 3), dtype=np.uint8), tmp_path / "wide.png")
    (tmp_path / "boxes.csv").write_text("file,x0,y0,x1,y1\nwide.png,0,0,40,40\nwide.png,78,0,80,40\n")
    found = read_objects(tmp_path / "boxes.csv").mask("wide.png", tmp_path / "wide.png", (20, 20))
    assert found is not None  # the middle 40 x 40 px are seen, of which the left half is in the first box
    assert found[:, :10].all()
    assert not found[:, 10:].any()
    (tmp_path / "boxes.csv").write_text("file,x0,y0,x1,y1\nwide.png,0,0,10,40\n")
    assert read_objects(tmp_path / "boxes.csv").mask("wide.png", tmp_path / "wide.png", (20, 20)) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,x,y\na.png,1,2\n", "columns file, x0, y0, x1, y1"),
        ("file,x0,y0,x1,y1\na.png,1,2,3,four\n", "line 2"),
        ("file,x0,y0,x1,y1\na.png,1,2,3,4\na.png,5,2,3,4\n", "line 3"),
        ("file,x0,y0,x1,y1\na.png,1,2,nan,4\n", "line 2"),
        ("file,x0,y0,x1,y1\na.png,1,2\n", "line 2"),
    ],
)
def test_what_is_no_table_of_boxes_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "boxes.csv").write_text(text)
    with pytest.raises(InvalidInput, match=message):
        read_objects(tmp_path / "boxes.csv")


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    save(np.zeros((40, 80, 3), dtype=np.uint8), tmp_path / "look" / "a.png")
    save(np.ones((40, 40), dtype=np.uint8), tmp_path / "masks" / "a.png")
    with pytest.raises(InvalidInput, match="as large as its picture, 40 x 80"):
        read_objects(tmp_path / "masks").mask("a.png", tmp_path / "look" / "a.png", (40, 80))
    with pytest.raises(InvalidInput, match="--boxes"):
        read_objects(tmp_path / "nothing.csv")

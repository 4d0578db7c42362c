from __future__ import annotations

import json
from pathlib import Path

import pytest

from grid_search.maps.merit import area_share
from grid_search.maps.result import Seen
from grid_search.maps.run import Sources, read_sources
from search_spaces.errors import InvalidInput
from tests.grid_search.maps.conftest import asked


@pytest.mark.slow
def test_networks_that_tell_colours_apart_look_at_the_square(drawn: Seen) -> None:
    area = area_share(drawn.masks)
    assert area == pytest.approx(16 * 16 / 48**2, rel=0.02)
    for subject, merit in zip(drawn.subjects, drawn.merits, strict=True):
        assert subject.val_accuracy is not None
        assert subject.val_accuracy > 0.9, merit
        assert merit.low > 1.5 * area, merit
    record = json.loads((drawn.folder / "run.json").read_text())
    assert record["state"] == "finished"
    assert record["results"]["networks"]["compound"]["mean"] == drawn.merits[-1].mean


@pytest.mark.usefixtures("inside")
def test_boxes_belong_to_images_and_name_some_of_them(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--images"):
        read_sources(asked(), Sources(images=None, boxes=Path("boxes.csv"), shown=6))
    with pytest.raises(InvalidInput, match="at least one image"):
        read_sources(asked(), Sources(images=tmp_path, boxes=None, shown=6))


@pytest.mark.usefixtures("inside")
def test_without_images_validation_images_are_looked_at() -> None:
    pictures, objects = read_sources(asked(), Sources(images=None, boxes=None, shown=6))
    assert len(pictures.names) == 6
    assert objects is None

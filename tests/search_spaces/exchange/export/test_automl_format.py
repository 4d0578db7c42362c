"""Block strings for google/automl, read by its rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import Architecture
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference
from tests.search_spaces.exchange.export.decoding import EFFICIENTNETS, assignments, blocks_of, ours, read_string
from tests.search_spaces.exchange.export.refusals import changed, refused_key


@pytest.mark.parametrize("name", [*EFFICIENTNETS, "mobilenet-v2"])
def test_google_automl(name: str, tmp_path: Path) -> None:
    architecture = reference(name)
    (path,) = export_architecture(architecture, "automl", tmp_path / "network.py")
    content = assignments(path)
    stages = [{"se": 0.0, **read_string(text)} for text in content["BLOCKS_ARGS"]]
    config = content["MODEL_CONFIG"]
    assert (config["width_coefficient"], config["depth_coefficient"]) == (None, None)
    assert (stages[0]["i"], config["feature_size"]) == (architecture.stem.width, architecture.head.width)
    assert all(stage["s"] in (1, 2) and stage["c"] == 0 for stage in stages)  # s22 would be read as a stride of 22
    assert blocks_of(stages) == ours(architecture)


REFUSED: list[tuple[str, Architecture]] = [
    ("stages.1.skip", changed(1, skip="none")),
    ("stages.2.op", changed(2, op="conv", expansion_ratio=1)),
]


@pytest.mark.parametrize(("key", "architecture"), REFUSED)
def test_what_cannot_be_expressed_is_refused(key: str, architecture: Architecture, tmp_path: Path) -> None:
    assert refused_key(architecture, "automl", tmp_path) == key

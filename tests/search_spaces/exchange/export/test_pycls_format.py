"""YAML for pycls, read by its rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from search_spaces import Architecture
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference
from tests.search_spaces.exchange.export.decoding import EFFICIENTNETS, blocks_of, ours
from tests.search_spaces.exchange.export.refusals import B0, changed, refused_key


@pytest.mark.parametrize("name", EFFICIENTNETS)
def test_pycls(name: str, tmp_path: Path) -> None:
    architecture = reference(name)
    (path,) = export_architecture(architecture, "pycls", tmp_path / "network.yaml", num_classes=7)
    content = yaml.safe_load(path.read_text())
    section = content["EN"]
    columns = [section[key] for key in ("DEPTHS", "WIDTHS", "EXP_RATIOS", "STRIDES", "KERNELS")]
    inputs = [section["STEM_W"], *section["WIDTHS"][:-1]]
    stages = [
        {"r": depth, "o": width, "e": ratio, "s": stride, "k": kernel, "i": fed, "se": section["SE_R"], "skip": True}
        for depth, width, ratio, stride, kernel, fed in zip(*columns, inputs, strict=True)
    ]
    assert blocks_of(stages) == ours(architecture)
    assert (section["STEM_W"], section["HEAD_W"]) == (architecture.stem.width, architecture.head.width)
    assert content["MODEL"] == {"TYPE": "effnet", "NUM_CLASSES": 7, "ACTIVATION_FUN": "silu"}
    assert content["TRAIN"]["IM_SIZE"] == architecture.resolution


REFUSED: list[tuple[str, Architecture]] = [
    ("stages.3.se_ratio", changed(3, se_ratio=0)),
    ("activation", replace(B0, activation="relu6")),
    ("resolution", replace(B0, resolution=(224, 192))),
]


@pytest.mark.parametrize(("key", "architecture"), REFUSED)
def test_what_cannot_be_expressed_is_refused(key: str, architecture: Architecture, tmp_path: Path) -> None:
    assert refused_key(architecture, "pycls", tmp_path) == key

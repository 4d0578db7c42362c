"""Block strings for tensorflow/tpu, read by its rules."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search_spaces import Architecture, Stem
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference
from tests.search_spaces.exchange.export.decoding import EFFICIENTNETS, Plain, assignments, blocks_of, ours, read_string
from tests.search_spaces.exchange.export.refusals import B0, changed, refused_key

# tensorflow/tpu, efficientnet_builder.py: depth and width coefficients are applied to these
OFFICIAL = [
    "r1_k3_s11_e1_i32_o16_se0.25",
    "r2_k3_s22_e6_i16_o24_se0.25",
    "r2_k5_s22_e6_i24_o40_se0.25",
    "r3_k3_s22_e6_i40_o80_se0.25",
    "r3_k5_s11_e6_i80_o112_se0.25",
    "r4_k5_s22_e6_i112_o192_se0.25",
    "r1_k3_s11_e6_i192_o320_se0.25",
]


def tensorflow_rounding(filters: float, coefficient: float | None, divisor: int) -> int:
    """round_filters of tensorflow/tpu."""
    if not coefficient:
        return int(filters)
    filters *= coefficient
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded


def read_tpu(path: Path) -> tuple[int, list[tuple[Any, ...]], int, Plain]:
    content = assignments(path)
    params = content["GLOBAL_PARAMS"]
    coefficient, divisor = params["width_coefficient"], params["depth_divisor"]
    stages = [{"se": 0.0, **read_string(text)} for text in content["BLOCKS_ARGS"]]
    for stage in stages:
        assert stage["s"] in (11, 22)
        stage.update({name: tensorflow_rounding(stage[name], coefficient, divisor) for name in "io"})
        stage.update(s=stage["s"] % 10, r=math.ceil(stage["r"] * (params["depth_coefficient"] or 1)))
    stem, head = (tensorflow_rounding(width, coefficient, divisor) for width in (32, 1280))
    return stem, blocks_of(stages), head, params


@pytest.mark.parametrize("name", [*EFFICIENTNETS, "mnasnet-a1", "mobilenet-v2"])
def test_tensorflow_tpu(name: str, tmp_path: Path) -> None:
    architecture = reference(name)
    (path,) = export_architecture(architecture, "tpu", tmp_path / "network.py")
    stem, blocks, head, params = read_tpu(path)
    assert (stem, head) == (architecture.stem.width, architecture.head.width)
    assert blocks == ours(architecture)
    assert params["dropout_rate"] == architecture.dropout
    assert params["survival_prob"] == pytest.approx(1 - architecture.drop_path)


@pytest.mark.parametrize("name", EFFICIENTNETS)
def test_the_official_strings_come_back_but_for_the_depth(name: str, tmp_path: Path) -> None:
    (path,) = export_architecture(reference(name), "tpu", tmp_path / "network.py")
    written = assignments(path)["BLOCKS_ARGS"]
    assert [re.sub(r"^r\d+", "", text) for text in written] == [re.sub(r"^r\d+", "", text) for text in OFFICIAL]
    assert (written == OFFICIAL) == (name == "efficientnet-b0")


REFUSED: list[tuple[str, Architecture]] = [
    ("stem.width", replace(B0, stem=Stem(width=48))),
    ("stages.2.expansion_ratio", changed(2, expansion_ratio=2.5)),
    ("activation", replace(B0, activation="hardswish")),
]


@pytest.mark.parametrize(("key", "architecture"), REFUSED)
def test_what_cannot_be_expressed_is_refused(key: str, architecture: Architecture, tmp_path: Path) -> None:
    assert refused_key(architecture, "tpu", tmp_path) == key

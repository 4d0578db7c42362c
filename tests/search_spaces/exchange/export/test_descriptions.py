"""Block strings and pycls YAML, decoded by readers of our own that share no code with what wrote them."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from search_spaces import Architecture
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference

EFFICIENTNETS = [f"efficientnet-b{index}" for index in range(8)]
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
Plain = dict[str, Any]


def assignments(path: Path) -> Plain:
    """Return the module's constants, evaluated as literals only."""
    body = ast.parse(path.read_text()).body
    constants = (node for node in body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name))
    return {node.targets[0].id: ast.literal_eval(node.value) for node in constants}  # type: ignore[attr-defined]


def read_string(text: str) -> Plain:
    numbers = dict(re.findall(r"(?:^|_)(se|[a-z])(\d+(?:\.\d+)?)", text))
    return {"skip": "noskip" not in text, **{letter: float(value) for letter, value in numbers.items()}}


def tensorflow_rounding(filters: float, coefficient: float | None, divisor: int) -> int:
    """round_filters of tensorflow/tpu."""
    if not coefficient:
        return int(filters)
    filters *= coefficient
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded


def blocks_of(stages: list[Plain]) -> list[tuple[Any, ...]]:
    """Return (kernel, stride, in, hidden, squeezed, out, shortcut) of every block, from stages as read."""
    rows = []
    for stage in stages:
        in_width, stride = stage["i"], stage["s"]
        for _ in range(int(stage["r"])):
            squeezed = max(1, int(in_width * stage["se"])) if stage["se"] else 0
            shortcut = stage["skip"] and stride == 1 and in_width == stage["o"]
            rows.append((stage["k"], stride, in_width, in_width * stage["e"], squeezed, stage["o"], shortcut))
            in_width, stride = stage["o"], 1
    return rows


def ours(architecture: Architecture) -> list[tuple[Any, ...]]:
    return [
        (
            block.kernel_size,
            block.stride,
            block.in_width,
            block.expanded_width or block.in_width,
            block.squeeze_width,
            block.out_width,
            block.shortcut == "identity",
        )
        for block in architecture.blocks
    ]


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


def test_timm_never_says_ir_with_e1(tmp_path: Path) -> None:
    (path,) = export_architecture(reference("efficientnet-b7"), "timm", tmp_path / "network.py")
    strings = [text for (text,) in assignments(path)["ARCH_DEF"]]
    assert strings[0] == "ds_r4_k3_s1_e1_c32_se0.25"
    assert not [text for text in strings if text.startswith("ir") and "_e1_" in text]

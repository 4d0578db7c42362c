"""Networks as block strings: published ones come back, what we cannot build is refused by its string."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.exchange.source import load_architecture
from search_spaces.reference import REFERENCES, reference

# timm, models/efficientnet.py: MnasNet-A1 and MobileNetV1
MNASNET_A1 = [
    ["ds_r1_k3_s1_e1_c16_noskip"],
    ["ir_r2_k3_s2_e6_c24"],
    ["ir_r3_k5_s2_e3_c40_se0.25"],
    ["ir_r4_k3_s2_e6_c80"],
    ["ir_r2_k3_s1_e6_c112_se0.25"],
    ["ir_r3_k5_s2_e6_c160_se0.25"],
    ["ir_r1_k3_s1_e6_c320"],
]
MOBILENET_V1 = [
    ["dsa_r1_k3_s1_c64"],
    ["dsa_r2_k3_s2_c128"],
    ["dsa_r2_k3_s2_c256"],
    ["dsa_r6_k3_s2_c512"],
    ["dsa_r2_k3_s2_c1024"],
]
# tensorflow/tpu, efficientnet_builder.py
B0 = [
    "r1_k3_s11_e1_i32_o16_se0.25",
    "r2_k3_s22_e6_i16_o24_se0.25",
    "r2_k5_s22_e6_i24_o40_se0.25",
    "r3_k3_s22_e6_i40_o80_se0.25",
    "r3_k5_s11_e6_i80_o112_se0.25",
    "r4_k5_s22_e6_i112_o192_se0.25",
    "r1_k3_s11_e6_i192_o320_se0.25",
]


def load(folder: Path, **content: Any) -> Any:
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    return load_architecture(str(path))


def plain(name: str) -> Any:
    """Return a reference without what is only for training."""
    return replace(reference(name), dropout=0.0, drop_path=0.0)


def test_published_arch_defs_are_the_references(tmp_path: Path) -> None:
    assert load(tmp_path, arch_def=MNASNET_A1, activation="relu").key == plain("mnasnet-a1").key
    headless = {"head": {"width": None}, "activation": "relu6"}
    assert load(tmp_path, arch_def=MOBILENET_V1, **headless).key == plain("mobilenet-v1").key


@pytest.mark.parametrize("dialect", ["tpu", "automl"])
def test_published_tensorflow_strings_are_b0(dialect: str, tmp_path: Path) -> None:
    strings = [text.replace("s11", "s1").replace("s22", "s2") for text in B0] if dialect == "automl" else B0
    found = load(tmp_path, blocks_args=strings, activation="silu", dropout=0.2, drop_path=0.2)
    assert found.key == reference("efficientnet-b0").key
    assert found.name == "mine"


@pytest.mark.parametrize("name", ["efficientnet-b3", "efficientnet-l2", "mnasnet-b1", "mobilenet-v1", "mobilenet-v2"])
def test_what_is_exported_to_timm_comes_back(name: str, tmp_path: Path) -> None:
    network = reference(name)
    (path,) = export_architecture(network, "timm", tmp_path / "timm.py")
    nodes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)]
    arch_def = ast.literal_eval(nodes[0].value)
    settings = {
        "activation": network.activation,
        "resolution": network.resolution,
        "stem": {"width": network.stem.width},
        "head": {"width": network.head.width},
        "dropout": network.dropout,
        "drop_path": network.drop_path,
    }
    assert load(tmp_path, arch_def=arch_def, **settings) == network


def test_several_strings_make_one_stage_of_theirs_and_several_of_ours(tmp_path: Path) -> None:
    strings = [["ir_r2_k3_s2_e3_c24_nre", "ir_r1_k5_s1_e6_c24_se0.25"], ["cn_r2_k3_s1_c24_skip"], ["cn_r1_k1_s1_c48"]]
    found = load(
        tmp_path, arch_def=strings, activation="relu", resolution=[64, 96], stem={"width": 16, "kernel_size": 5}
    )
    assert [(stage.op, stage.depth, stage.skip) for stage in found.stages] == [
        ("mbconv", 2, "identity"),
        ("mbconv", 1, "identity"),
        ("conv", 2, "identity"),
        ("conv", 1, "none"),
    ]
    assert (found.stem.kernel_size, found.head.width, found.resolution) == (5, 1280, (64, 96))


REFUSED: list[tuple[str, str]] = [
    ("ir_r1_k3_s1_e1_c32", "ds"),
    ("ir_r1_k3_s1_c32", "e followed by a number"),
    ("er_r1_k3_s1_e4_c32", "begins with one of ir, ds, dsa, cn"),
    ("uir_r1_k3_s1_e4_c32", "begins with one of"),
    ("ds_r1_k3_s1_e2_c32", "e1"),
    ("ir_r1_k3.5_s1_e4_c32", "k followed by an integer"),
    ("ir_r1_k4_s1_e4_c32", "kernel_size"),
    ("ir_r1_k3_s1_e4_c32_cc4", "nothing else"),
    ("ir_r1_r2_k3_s1_e4_c32", "at most once"),
    ("ir_r1_k3_s1_e4_c32_nhs", "relu in every block"),
    ("ir_r1_k3_s1_e4_c0", "width"),
    ("ir_r1_k3_s1_e4", "c followed by an integer"),
    ("ir_r1_k3_s1_e4_c32_se9", "se_ratio"),
    ("ir_r99999999_k3_s1_e4_c32", "r followed by an integer"),
    ("cn_r1_k3_s1_c32_se0.25", "plain convolution"),
    ("ir_r1_k3_s1_e1.3_c32", "timm rounds"),
    ("", "begins with one of"),
    ("ir", "integer"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_string_we_cannot_build_exactly_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        load(tmp_path, arch_def=[[text]], activation="relu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"arch_def": [["ir_r1_k3_s1_e6_c32", "ir_r1_k3_s2_e6_c32"]]}, "arch_def.0.1"),
        ({"arch_def": []}, "arch_def"),
        ({"arch_def": ["ir_r1_k3_s1_e6_c32"]}, "arch_def.0"),
        ({"arch_def": MNASNET_A1, "blocks_args": B0}, "arch_def"),
        ({"arch_def": MNASNET_A1, "stages": []}, "stages"),
        ({"arch_def": MNASNET_A1, "activation": None}, "activation"),
        ({"blocks_args": []}, "blocks_args"),
        ({"blocks_args": B0, "stem": {"width": 16}}, "stem.width"),
        ({"blocks_args": [B0[0], B0[2]]}, "blocks_args.1"),
        ({"blocks_args": ["r1_k3_s12_e1_i32_o16"]}, "blocks_args.0"),
        ({"blocks_args": ["r1_k3_s2_e1_i32_o16_c1"]}, "blocks_args.0"),
        ({"blocks_args": ["r1_k3_s2_e1_i32"]}, "blocks_args.0"),
    ],
)
def test_a_file_that_describes_no_network_is_refused(content: dict[str, Any], key: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, **({"activation": "relu"} | content))
    assert caught.value.key == key


def test_other_sources_are_what_they_were(tmp_path: Path) -> None:
    for name in REFERENCES:
        assert load_architecture(name) == reference(name)
    with pytest.raises(InvalidInput, match="timm:MODEL"):
        load_architecture(str(tmp_path / "nowhere.yaml"))
    assert estimate_cost(load_architecture("resnet-50")).params == 25_557_032

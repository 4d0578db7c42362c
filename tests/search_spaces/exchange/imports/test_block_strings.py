"""Networks as block strings: published ones come back, what we cannot build is refused by its string."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from search_spaces import InvalidInput
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference
from tests.search_spaces.exchange.imports.published import B0, MNASNET_A1, load


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

"""Published block strings, and a file of strings read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from search_spaces.exchange.source import load_architecture
from search_spaces.reference import reference

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

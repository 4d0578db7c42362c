"""A configuration for pycls (facebookresearch/pycls): the `EN` section, stage by stage. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from search_spaces.exchange.export.abilities import Abilities, check, require, resolved_stages
from search_spaces.exchange.export.python_text import HEADER
from search_spaces.exchange.export.request import BATCH_NORM_MOMENTUM, Files, Request
from search_spaces.structure import Block

ABILITIES = Abilities(
    title="pycls",
    ops=("mbconv",),
    activations=("silu", "relu"),
    strides=(1, 2, 3, 4),
    can_skip_nothing=False,
)
SE_RATIO = 0.25


def export_pycls(request: Request, path: Path) -> Files:
    """Return a YAML file that pycls merges into its defaults."""
    architecture = request.architecture
    _check(request)
    height, _ = architecture.input_size
    stages = architecture.stages
    content: dict[str, Any] = {
        "MODEL": {
            "TYPE": "effnet",
            "NUM_CLASSES": request.num_classes,
            "ACTIVATION_FUN": architecture.activation,
        },
        "EN": {
            "STEM_W": architecture.stem.width,
            "STRIDES": [stage.stride for stage in stages],
            "DEPTHS": [stage.depth for stage in stages],
            "WIDTHS": [stage.width for stage in stages],
            "EXP_RATIOS": [stage.expansion_ratio for stage in stages],
            "KERNELS": [stage.kernel_size for stage in stages],
            "SE_R": SE_RATIO,
            "HEAD_W": architecture.head.width,
            "DC_RATIO": 0.0,
            "DROPOUT_RATIO": architecture.dropout,
        },
        "BN": {"EPS": request.batch_norm_eps, "MOM": BATCH_NORM_MOMENTUM},
        "TRAIN": {"IM_SIZE": height},
    }
    comment = f"# {request.title} for pycls. {HEADER}\n"
    if architecture.drop_path:
        comment += (
            f"# DC_RATIO is one rate for all blocks in pycls; ours rises to {architecture.drop_path:g}: left at 0\n"
        )
    return {path: (comment + yaml.safe_dump(content, sort_keys=False, default_flow_style=None)).encode()}


def _check(request: Request) -> None:
    architecture = request.architecture
    check(architecture, ABILITIES)
    height, width = architecture.input_size
    require(height == width, "resolution", [height, width], "a square: pycls has one IM_SIZE")
    require(request.in_channels == 3, "in_channels", request.in_channels, "3")
    for index, stage, blocks in resolved_stages(architecture):
        key = f"stages.{index}"
        accepted = f"{SE_RATIO}: pycls has squeeze-and-excitation in every block, and one ratio"
        require(stage.se_ratio == SE_RATIO, f"{key}.se_ratio", stage.se_ratio, accepted)
        for block in blocks:
            _check_block(key, stage.expansion_ratio, block)


def _check_block(key: str, expansion_ratio: float, block: Block) -> None:
    require(
        int(block.in_width * SE_RATIO) > 0, f"{key}.width", block.in_width, "4 channels or more: pycls squeezes to 0"
    )
    hidden = int(block.in_width * expansion_ratio)
    same = hidden == (block.expanded_width or block.in_width) and (hidden == block.in_width) == (
        not block.expanded_width
    )
    accepted = "a ratio that changes the number of channels, or 1"
    require(same, f"{key}.expansion_ratio", expansion_ratio, accepted)

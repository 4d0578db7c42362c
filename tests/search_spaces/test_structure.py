"""What stages resolve to, read through the blocks of an architecture."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from search_spaces import Architecture, Head, Stage, Stem
from search_spaces.reference import reference


def shortcuts(**fields: Any) -> list[str]:
    """Return the shortcuts of a stage fed with 16 channels."""
    stage = Stage(**({"op": "mbconv", "width": 16, "depth": 2} | fields))
    network = Architecture(resolution=32, stem=Stem(width=16), stages=(stage,), head=Head(width=None))
    return [block.shortcut for block in network.blocks]


@pytest.mark.usefixtures("torchvision_imports")
def test_widths_and_shortcuts_are_those_torchvision_builds() -> None:
    models: Any = pytest.importorskip("torchvision").models
    with torch.device("meta"):
        theirs = models.efficientnet_b2()
    blocks = [block for block in theirs.modules() if type(block).__name__ == "MBConv"]
    assert [
        (block.in_width, block.expanded_width or block.in_width, block.squeeze_width, block.out_width, block.shortcut)
        for block in reference("efficientnet-b2").blocks
    ] == [
        (
            block.block[0][0].in_channels,
            block.block[-1][0].in_channels,
            block.block[-2].fc1.out_channels,
            block.out_channels,
            "identity" if block.use_res_connect else "none",
        )
        for block in blocks
    ]


@pytest.mark.usefixtures("torchvision_imports")
def test_a_bottleneck_is_as_narrow_inside_as_torchvisions() -> None:
    models: Any = pytest.importorskip("torchvision").models
    with torch.device("meta"):
        theirs = models.resnet50()
    blocks = [block for block in theirs.modules() if type(block).__name__ == "Bottleneck"]
    found = [(b.in_width, b.expanded_width, b.stride, b.out_width, b.shortcut) for b in reference("resnet-50").blocks]
    assert found == [
        (
            block.conv1.in_channels,
            block.conv2.out_channels,
            block.stride,
            block.conv3.out_channels,
            "identity" if block.downsample is None else "projection",
        )
        for block in blocks
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"skip": "identity"}, ["identity", "identity"]),
        ({"skip": "none"}, ["none", "none"]),
        ({"skip": "identity", "stride": 2}, ["none", "identity"]),
        ({"skip": "projection", "width": 12}, ["projection", "identity"]),
        ({"skip": "pool", "stride": 2}, ["pool", "identity"]),
        ({"skip": "pool", "width": 24}, ["pool", "identity"]),
        ({"skip": "pool", "width": 12}, ["none", "identity"]),  # zeros can be added, channels cannot be dropped
    ],
)
def test_a_shortcut_is_what_the_shapes_allow(fields: dict[str, Any], expected: list[str]) -> None:
    assert shortcuts(**fields) == expected


def test_nothing_resolves_to_no_channels() -> None:
    stage = Stage(op="mbconv", expansion_ratio=1 / 64, se_ratio=0.01, width=8, depth=1)
    network = Architecture(resolution=8, stem=Stem(width=8), stages=(stage,), head=Head(width=None))
    (block,) = network.blocks
    assert (block.expanded_width, block.squeeze_width) == (1, 1)


def test_only_the_first_block_of_a_stage_strides() -> None:
    assert [block.stride for block in reference("efficientnet-b0").blocks] == [
        *(1, 2, 1, 2, 1, 2, 1, 1),
        *(1, 1, 1, 2, 1, 1, 1, 1),
    ]

from __future__ import annotations

from typing import Any

import pytest
import torch

from search_spaces import Architecture, Head, Stage, Stem
from search_spaces.network import build_network
from search_spaces.reference import reference
from search_spaces.structure import merge_runs, placed_runs, stage_runs

"""What stages resolve to, read through the blocks of an architecture."""


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


"""Blocks that stages resolve to, and the feature maps they work on."""


def test_a_stage_is_at_most_two_runs_and_equal_neighbours_are_one() -> None:
    stage = Stage(op="mbconv", expansion_ratio=6, width=24, depth=3)
    (first, once), (rest, twice) = stage_runs(stage, 16)
    assert (first.in_width, once, rest.in_width, twice) == (16, 1, 24, 2)
    assert merge_runs([*stage_runs(stage, 24), *stage_runs(stage, 24)]) == ((rest, 6),)


def test_feature_maps_are_those_of_the_network() -> None:
    architecture = reference("efficientnet-b0")
    sizes: list[tuple[int, ...]] = []
    network = build_network(architecture, num_classes=2).eval()
    for block in network.blocks:
        block.register_forward_hook(lambda _module, images, output: sizes.append((*images[0].shape, *output.shape)))
    with torch.inference_mode():
        network(torch.zeros(1, 3, 97, 65))
    placed = list(placed_runs(architecture.stages, 32, 49, 33))
    expected = [
        (block.in_width, entering, block.out_width, height, width)
        for block, count, entering, height, width in placed
        for _ in range(count)
    ]
    assert [(size[1], size[2] * size[3], size[5], size[6], size[7]) for size in sizes] == expected

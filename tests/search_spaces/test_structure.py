"""Blocks that stages resolve to, and the feature maps they work on."""

from __future__ import annotations

import torch

from search_spaces import Stage
from search_spaces.network import build_network
from search_spaces.reference import reference
from search_spaces.structure import merge_runs, placed_runs, stage_runs


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

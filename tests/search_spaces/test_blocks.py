"""Layers of torch one by one; whole networks are in test_network."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn

from search_spaces.blocks import (
    ActivatedResidual,
    ConvNorm,
    LayerSettings,
    PoolShortcut,
    Residual,
    SqueezeExcite,
    StochasticDepth,
    build_block,
)
from search_spaces.structure import Block

SETTINGS = LayerSettings(activation="relu", batch_norm_eps=1e-5, batch_norm_momentum=0.1)


def test_a_pool_shortcut_averages_real_pixels_and_adds_empty_channels() -> None:
    block = Block("conv", 3, 2, 1, 0, 0, 3, "pool")
    image = torch.tensor([[[[1.0, 3.0, 5.0], [5.0, 7.0, 9.0], [2.0, 4.0, 8.0]]]])
    pooled = PoolShortcut(block)(image)
    assert pooled.shape == (1, 3, 2, 2)
    assert pooled[0, 0].tolist() == [[4.0, 7.0], [3.0, 8.0]]
    assert not pooled[0, 1:].any()


def test_stochastic_depth_drops_samples_whole_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    drop = StochasticDepth(0.25)
    ones = torch.ones(20_000, 2, 2, 1)
    dropped = drop(ones)
    assert sorted(dropped.unique().tolist()) == pytest.approx([0, 1 / 0.75])
    assert torch.equal(dropped.amin(dim=(1, 2, 3)), dropped.amax(dim=(1, 2, 3)))
    standard_error = math.sqrt(0.25 / 0.75 / 20_000)
    assert dropped.mean().item() == pytest.approx(1, abs=4 * standard_error)
    assert drop.eval()(ones) is ones


@pytest.mark.usefixtures("torchvision_imports")
def test_stochastic_depth_is_that_of_torchvision() -> None:
    ops: Any = pytest.importorskip("torchvision").ops
    branch = torch.randn(64, 3, 2, 2)
    torch.manual_seed(5)
    ours = StochasticDepth(0.3)(branch)
    torch.manual_seed(5)
    assert torch.equal(ours, ops.stochastic_depth(branch, 0.3, "row"))


@pytest.mark.usefixtures("torchvision_imports")
def test_squeeze_and_excitation_is_that_of_torchvision() -> None:
    misc: Any = pytest.importorskip("torchvision").ops.misc
    ours, theirs = SqueezeExcite(12, 3, SETTINGS), misc.SqueezeExcitation(12, 3)
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    features = torch.randn(2, 12, 5, 4)
    torch.testing.assert_close(ours(features), theirs(features))


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize(("op", "theirs"), [("bottleneck", "Bottleneck"), ("basic", "BasicBlock")])
def test_residual_blocks_are_those_of_torchvision(op: str, theirs: str) -> None:
    resnet: Any = pytest.importorskip("torchvision").models.resnet
    torch.manual_seed(0)
    inner, out = (6, 24) if op == "bottleneck" else (0, 24)
    block = build_block(Block(op, 3, 2, 16, inner, 0, out, "projection"), SETTINGS)
    shortcut = nn.Sequential(nn.Conv2d(16, out, 1, 2, bias=False), nn.BatchNorm2d(out))
    peer = getattr(resnet, theirs)(16, out // getattr(resnet, theirs).expansion, stride=2, downsample=shortcut)
    peer.load_state_dict(dict(zip(peer.state_dict(), block.state_dict().values(), strict=True)))
    features = torch.randn(2, 16, 9, 7)
    torch.testing.assert_close(block(features), peer(features))


@pytest.mark.parametrize("kernel_size", [1, 3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_sides_become_a_quotient_rounded_up(kernel_size: int, stride: int) -> None:
    layer = ConvNorm(2, 3, kernel_size, stride, SETTINGS)
    for side in range(1, 9):
        assert layer(torch.zeros(2, 2, side, 8)).shape == (2, 3, math.ceil(side / stride), math.ceil(8 / stride))


def test_without_a_shortcut_the_activation_still_ends_a_residual_block() -> None:
    features = torch.randn(2, 8, 5, 5)
    alone = build_block(Block("basic", 3, 1, 8, 0, 0, 8, "none"), SETTINGS)
    assert not isinstance(alone, Residual)
    assert alone(features).min() == 0
    assert isinstance(build_block(Block("basic", 3, 1, 8, 0, 0, 8, "identity"), SETTINGS), ActivatedResidual)
    linear = build_block(Block("mbconv", 3, 1, 8, 16, 0, 8, "none"), SETTINGS)
    assert linear(features).min() < 0

"""The torch network: shapes at any resolution, gradients, stochastic depth, initial weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import pytest
import torch
from torch import nn

from search_spaces.architecture import Activation, Architecture, Head, Op, Skip, Stage, Stem
from search_spaces.blocks import Residual, StochasticDepth
from search_spaces.errors import InvalidInput
from search_spaces.network import build_network, drop_path_rates
from search_spaces.reference import reference

OPS: tuple[Op, ...] = ("mbconv", "dsconv", "conv")
SKIPS: tuple[Skip, ...] = ("identity", "pool", "none")
ACTIVATIONS = get_args(Activation)


def _two_stages(op: Op, skip: Skip = "identity", **settings: object) -> Architecture:
    expansion_ratio = 3 if op == "mbconv" else 1
    stage = Stage(
        op=op, kernel_size=5, stride=2, expansion_ratio=expansion_ratio, se_ratio=0.25, skip=skip, width=12, depth=2
    )
    small = Architecture(
        resolution=32, stem=Stem(width=8), stages=(stage, replace(stage, stride=3, width=20)), head=Head(width=24)
    )
    return replace(small, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(1, 1), (7, 7), (33, 47), (32, 32)])
@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("op", OPS)
def test_every_operation_and_skip_runs_and_learns_at_any_size(op: Op, skip: Skip, size: tuple[int, int]) -> None:
    network = build_network(_two_stages(op, skip, drop_path=0.2), in_channels=2, num_classes=5)
    logits = network(torch.randn(4, 2, *size))
    assert logits.shape == (4, 5)
    logits.square().sum().backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())
    assert network.eval()(torch.randn(1, 2, *size)).shape == (1, 5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_activation_is_used_everywhere(activation: Activation) -> None:
    kinds = {"silu": nn.SiLU, "relu": nn.ReLU, "relu6": nn.ReLU6, "hardswish": nn.Hardswish}
    network = build_network(_two_stages("mbconv", activation=activation), num_classes=5)
    found = [type(module) for name, module in network.named_modules() if name.endswith("activation")]
    assert found == [kinds[activation]] * (1 + 4 * 3 + 1)
    network(torch.randn(2, 3, 16, 16)).sum().backward()


def test_sides_are_halved_rounding_up_as_the_closed_form_says() -> None:
    network = build_network(reference("efficientnet-b0"), num_classes=2).eval()
    with torch.inference_mode():
        features = network.blocks(network.stem(torch.zeros(1, 3, 65, 97)))
    assert features.shape == (1, 320, math.ceil(65 / 32), math.ceil(97 / 32))


def test_channels_last_gives_the_same_logits() -> None:
    torch.manual_seed(0)
    network = build_network(reference("mnasnet-a1"), num_classes=10).eval()
    images = torch.randn(2, 3, 65, 48)
    with torch.inference_mode():
        expected = network(images)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        got = network(images.contiguous(memory_format=torch.channels_last))
    assert expected.std() > 1e-3
    assert (got - expected).abs().max() < 1e-4


def test_an_identity_block_with_an_empty_branch_returns_its_input() -> None:
    network = build_network(_two_stages("mbconv"), num_classes=5).eval()
    residuals = [block for block in network.blocks if isinstance(block, Residual)]
    assert len(residuals) == 2
    projection = residuals[0].branch.get_submodule("project.norm")
    assert isinstance(projection, nn.BatchNorm2d)
    nn.init.zeros_(projection.weight)
    features = torch.randn(2, 12, 5, 5)
    assert torch.equal(residuals[0](features), features)


def test_stochastic_depth_rises_linearly_over_the_scaled_blocks() -> None:
    b2 = reference("efficientnet-b2")
    assert b2.block_count == 23
    rates = drop_path_rates(b2)
    assert rates == pytest.approx([0.2 * index / 23 for index in range(23)])
    built = {
        int(name.split(".")[1]): module.rate
        for name, module in build_network(b2).named_modules()
        if isinstance(module, StochasticDepth)
    }
    shortcuts = [index for index, block in enumerate(b2.blocks) if block.shortcut != "none"]
    assert built == {index: rates[index] for index in shortcuts}


def test_initial_weights_are_those_of_the_official_code() -> None:
    torch.manual_seed(0)
    network = build_network(reference("efficientnet-b0"), num_classes=100)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            fan_out = height * width * (1 if module.groups > 1 else module.out_channels)
            tolerance = 4 / math.sqrt(2 * module.weight.numel())  # four standard errors of a standard deviation
            assert module.weight.std().item() == pytest.approx(math.sqrt(2 / fan_out), rel=tolerance)
            assert (module.bias is None) == (not _in_squeeze_excite(module, network))
            assert module.bias is None or not module.bias.any()
        if isinstance(module, nn.BatchNorm2d):
            assert (module.eps, module.momentum) == (1e-3, 0.01)
            assert (module.weight == 1).all() and not module.bias.any()
    assert 0.099 < network.classifier.weight.abs().max() <= 0.1
    assert not network.classifier.bias.any()


def _in_squeeze_excite(module: nn.Module, network: nn.Module) -> bool:
    return any("squeeze_excite" in name for name, other in network.named_modules() if other is module)


def test_the_same_seed_gives_the_same_weights() -> None:
    def logits(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        network = build_network(_two_stages("conv"), num_classes=5).eval()
        output: torch.Tensor = network(torch.ones(1, 3, 16, 16))
        return output

    assert torch.equal(logits(1), logits(1))
    assert not torch.equal(logits(1), logits(2))


def test_equal_architectures_have_equal_state_dicts() -> None:
    stage = Stage(op="dsconv", width=8, depth=3)
    together = Architecture(resolution=16, stem=Stem(width=8), stages=(stage,), head=Head(width=None))
    apart = replace(together, stages=(replace(stage, depth=1), replace(stage, depth=2)))
    assert together.key == apart.key
    build_network(apart).load_state_dict(build_network(together).state_dict())


def test_no_head_leaves_the_last_stage_to_the_classifier() -> None:
    network = build_network(_two_stages("conv", head=Head(width=None)), num_classes=5)
    assert network.classifier.in_features == 20


@pytest.mark.parametrize("counts", [{"in_channels": 0}, {"num_classes": 0}])
def test_nothing_to_see_or_to_tell_apart_is_refused(counts: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match=f"{next(iter(counts))}: got 0, accepted: an integer of at least 1"):
        build_network(_two_stages("conv"), **counts)


@pytest.mark.parametrize("name", ["efficientnet-b0", "resnet-18"])
def test_residual_blocks_start_as_their_shortcuts(name: str) -> None:
    network = build_network(reference(name), num_classes=2, zero_init_residual=True).eval()
    residual = [block for block in network.blocks if isinstance(block, Residual)]
    assert residual
    for block in residual:
        width = next(layer for layer in block.modules() if isinstance(layer, nn.Conv2d)).in_channels
        images = torch.randn(1, width, 4, 4)
        with torch.no_grad():
            expected = block.shortcut(images)
            actual = block(images)
        torch.testing.assert_close(actual, expected.relu() if name == "resnet-18" else expected)
    plain = build_network(reference(name), num_classes=2)
    assert all(bool(norm.weight.all()) for norm in plain.modules() if isinstance(norm, nn.BatchNorm2d))

"""The fast gradient equals torch's own, on every size of map, and stands aside where it is not wanted."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from search_spaces import depthwise
from search_spaces.depthwise import DepthwiseConv2d, with_fast_gradients
from search_spaces.network import build_network
from search_spaces.reference import reference

CASES = [
    (height, width, kernel, stride)
    for height, width in ((1, 1), (2, 2), (3, 2), (4, 4), (1, 9), (7, 7), (8, 8), (9, 9))
    for kernel in (3, 5, 7)
    for stride in (1, 2)
]


def depthwise_layer(width: int, kernel: int, stride: int = 1) -> DepthwiseConv2d:
    layer = nn.Conv2d(width, width, kernel, stride, kernel // 2, groups=width, bias=False)
    fast = with_fast_gradients(layer)
    assert isinstance(fast, DepthwiseConv2d)
    return fast


def test_gradients_are_those_of_torch() -> None:
    fast = 0
    for height, width, kernel, stride in CASES:
        ours = depthwise_layer(5, kernel, stride).double()
        theirs = nn.Conv2d(5, 5, kernel, stride, kernel // 2, groups=5, bias=False).double()
        theirs.load_state_dict(ours.state_dict())
        images = torch.randn(3, 5, height, width, dtype=torch.float64).to(memory_format=torch.channels_last)
        results = [_run(network, images) for network in (ours, theirs)]
        for mine, other in zip(*results, strict=True):
            torch.testing.assert_close(mine, other)
        fast += "_SmallMap" in results[0][0].grad_fn.__class__.__name__
    assert 0 < fast < len(CASES)


def test_all_depthwise_convolutions_of_a_network_have_it_and_no_other() -> None:
    network = build_network(reference("efficientnet-b0"), num_classes=2)
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    assert {isinstance(layer, DepthwiseConv2d) for layer in layers if layer.groups > 1} == {True}
    assert {isinstance(layer, DepthwiseConv2d) for layer in layers if layer.groups == 1} == {False}


def test_second_derivatives() -> None:
    layer = depthwise_layer(2, 5).double()
    images = torch.randn(2, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(
        lambda features, weight: depthwise.depthwise_conv2d(features, weight, 1, 2), (images, layer.weight)
    )


@pytest.mark.parametrize("mode", ["no gradient", "frozen", "traced", "autocast"])
def test_stands_aside(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Tensor:
        raise AssertionError("the gradient of ours was taken")

    monkeypatch.setattr(depthwise._SmallMap, "apply", refuse)
    layer, images = depthwise_layer(4, 5), torch.randn(1, 4, 2, 2)
    if mode == "no gradient":
        with torch.no_grad():
            layer(images)
    elif mode == "frozen":
        layer.requires_grad_(False)(images)
    elif mode == "autocast":
        with torch.autocast("cpu", dtype=torch.bfloat16):
            layer(images)
    else:
        torch.jit.trace(layer, images)
    with pytest.raises(AssertionError, match="was taken"):
        layer.requires_grad_(True)(images)


def _run(network: nn.Module, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    features = images.clone().requires_grad_()
    output = network(features)
    of_features, of_weight = torch.autograd.grad(output.square().sum(), (features, network.weight))
    return output, of_features, of_weight

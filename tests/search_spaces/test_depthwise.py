"""The fast gradient equals torch's own, on every size of map, and stands aside where it is not wanted."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from search_spaces import depthwise
from search_spaces.depthwise import DepthwiseConv2d

CASES = [
    (height, width, kernel, stride)
    for height, width in ((1, 1), (2, 2), (3, 2), (4, 4), (1, 9), (7, 7), (8, 8), (9, 9))
    for kernel in (3, 5, 7)
    for stride in (1, 2)
]


def test_gradients_are_those_of_torch() -> None:
    fast = 0
    for height, width, kernel, stride in CASES:
        ours = DepthwiseConv2d(5, kernel, stride, kernel // 2).double()
        theirs = nn.Conv2d(5, 5, kernel, stride, kernel // 2, groups=5, bias=False).double()
        theirs.load_state_dict(ours.state_dict())
        images = torch.randn(3, 5, height, width, dtype=torch.float64).to(memory_format=torch.channels_last)
        results = [_run(network, images) for network in (ours, theirs)]
        for mine, other in zip(*results, strict=True):
            torch.testing.assert_close(mine, other)
        fast += "_SmallMap" in results[0][0].grad_fn.__class__.__name__
    assert 0 < fast < len(CASES)


def test_second_derivatives() -> None:
    layer = DepthwiseConv2d(2, 5, 1, 2).double()
    images = torch.randn(2, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(
        lambda features, weight: depthwise.depthwise_conv2d(features, weight, 1, 2), (images, layer.weight)
    )


@pytest.mark.parametrize("mode", ["no gradient", "frozen", "traced", "autocast"])
def test_stands_aside(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Tensor:
        raise AssertionError("the gradient of ours was taken")

    monkeypatch.setattr(depthwise._SmallMap, "apply", refuse)
    layer, images = DepthwiseConv2d(4, 5, 1, 2), torch.randn(1, 4, 2, 2)
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

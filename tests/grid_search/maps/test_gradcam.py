from __future__ import annotations

import importlib.util

import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam
from torch import nn

from grid_search.maps.gradcam import class_maps, enlarged, layer_after, require_captum
from search_spaces.architecture import Architecture, Head, Stage, Stem
from search_spaces.errors import InvalidInput
from search_spaces.network import Network, build_network

TINY = Architecture(
    name="tiny",
    resolution=32,
    stem=Stem(width=8),
    stages=(
        Stage(op="mbconv", kernel_size=3, stride=1, expansion_ratio=2, width=8, depth=2, se_ratio=0.25),
        Stage(op="mbconv", kernel_size=3, stride=2, expansion_ratio=2, width=12, depth=2),
    ),
    head=Head(width=24),
)


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return build_network(TINY, 3, 5).eval()


def by_the_paper(network: Network, layer: nn.Module, inputs: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Return ReLU(sum of feature maps weighted by their mean gradients): arXiv:1610.02391, equations 1 and 2."""
    kept: list[torch.Tensor] = []
    handle = layer.register_forward_hook(lambda _module, _given, output: kept.append(output))
    logits = network(inputs)
    handle.remove()
    (gradient,) = torch.autograd.grad(logits.gather(1, classes[:, None]).sum(), kept[0])
    return (gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1).relu().detach()


@pytest.mark.parametrize("stage", [0, 1])
def test_maps_are_those_of_the_paper_and_of_the_library(network: Network, stage: int) -> None:
    inputs, classes = torch.randn(3, 3, 32, 32), torch.tensor([0, 4, 2])
    layer = layer_after(network, stage)
    maps = class_maps(network, layer, inputs, classes)
    assert maps.shape == ((3, 16, 16), (3, 8, 8))[stage]
    assert maps.max() > 0
    assert torch.allclose(maps, by_the_paper(network, layer, inputs, classes), atol=1e-9)
    library = LayerGradCam(network, layer).attribute(inputs, target=classes, relu_attributions=True)
    larger = LayerAttribution.interpolate(library, (32, 48), "bilinear")
    assert torch.allclose(enlarged(maps, (32, 48)), larger[:, 0].detach())


def test_the_head_is_the_end_of_the_last_stage(network: Network) -> None:
    assert layer_after(network, 0) is network.blocks[1]
    assert layer_after(network, 1) is network.head
    headless = build_network(
        Architecture(name="a", resolution=32, stem=TINY.stem, stages=TINY.stages, head=Head(width=None))
    )
    assert layer_after(headless, 7) is headless.blocks[3]


def test_without_captum_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr("grid_search.maps.gradcam.find_spec", lambda _name: None)
    with pytest.raises(InvalidInput, match=r"compound-nas\[maps\]"):
        require_captum()

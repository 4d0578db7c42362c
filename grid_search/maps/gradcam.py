"""Grad-CAM (arXiv:1610.02391) by captum, which is an extra and imported when it is asked for."""

from __future__ import annotations

from importlib.util import find_spec

import torch
from torch import Tensor, nn

from search_spaces.errors import InvalidInput
from search_spaces.network import Network

INSTALL = "an environment with it: pip install 'compound-nas[maps]'"


def require_captum() -> None:
    """Raise InvalidInput where captum is not installed."""
    if find_spec("captum") is None:
        raise InvalidInput("captum", "not installed", INSTALL)


def layer_after(network: Network, stage: int) -> nn.Module:
    """Return the last layer of a stage (from 0); of the last stage, the head where the network has one."""
    stages = network.architecture.stages
    if stage >= len(stages) - 1 and network.architecture.head.width is not None:
        return network.head
    last = sum(one.depth for one in stages[: stage + 1]) - 1
    return network.blocks[last]


def class_maps(network: Network, layer: nn.Module, inputs: Tensor, classes: Tensor) -> Tensor:
    """Return how much each place of a layer speaks for a class, [N, h, w], nowhere below 0.

    `inputs` are prepared images [N, C, H, W], `classes` [N] what is asked about. The network is to be in evaluation
    mode. Raises InvalidInput without captum.
    """
    require_captum()
    from captum.attr import LayerGradCam

    found: Tensor = LayerGradCam(network, layer).attribute(inputs, target=classes, relu_attributions=True)
    return found.detach()[:, 0]


def enlarged(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """Return maps [N, h, w] at `size` (height, width), bilinear, [N, H, W]."""
    return torch.nn.functional.interpolate(maps[:, None], size=size, mode="bilinear", align_corners=False)[:, 0]

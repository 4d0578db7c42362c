"""Weights of timm's and torchvision's EfficientNets give the same logits in our network."""

from __future__ import annotations

import importlib

import pytest
import torch
from torch import nn

from search_spaces.network import Network, build_network
from search_spaces.reference import reference

LARGEST_DIFFERENCE = 1e-4
THEIR_BATCH_NORM_EPS = 1e-5  # of both libraries for b0 and b4; the official 1e-3 is our default


def _published(library: str, name: str) -> nn.Module:
    if library == "timm":
        model: nn.Module = importlib.import_module("timm").create_model(name, pretrained=False)
    else:
        model = getattr(importlib.import_module("torchvision.models"), name)(weights=None)
    return model


def _randomize(model: nn.Module) -> None:
    """Draw affine parameters and statistics of every batch norm, so that a mix-up cannot go unseen.

    Statistics are drawn around those of random images: far from them the signal would die out on its way, and
    networks that ignore their input agree on everything.
    """
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        assert norm.eps == THEIR_BATCH_NORM_EPS
        norm.momentum = 1.0
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias, std=0.1)
    with torch.no_grad():
        model.train()(torch.randn(8, 3, 64, 64))
    model.eval()
    for norm in norms:
        assert norm.running_mean is not None and norm.running_var is not None
        norm.running_mean += 0.1 * torch.randn_like(norm.running_mean) * norm.running_var.sqrt()
        norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.8, 1.25)


def _scale_logits(model: nn.Module, images: torch.Tensor) -> None:
    """Scale the classifier so that the logits of `images` spread by 1: a difference then has a size to compare with."""
    classifier = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        spread = model(images).std()
        classifier.weight.div_(spread)
        classifier.bias.div_(spread)


def _copy_in_order(source: nn.Module, target: Network) -> None:
    """Copy all weights: three libraries name them differently and define them in the same order."""
    theirs, ours = source.state_dict(), target.state_dict()
    pairs = list(zip(theirs.items(), ours.items(), strict=True))
    for (their_name, their_tensor), (our_name, our_tensor) in pairs:
        assert their_name.rpartition(".")[2] == our_name.rpartition(".")[2]
        assert their_tensor.shape == our_tensor.shape, (their_name, our_name)
    target.load_state_dict({our_name: tensor for (_, tensor), (our_name, _) in pairs})


@pytest.mark.slow
@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("size", ["b0", "b4"])
@pytest.mark.parametrize("library", ["timm", "torchvision"])
def test_same_weights_same_logits(library: str, size: str) -> None:
    torch.manual_seed(0)
    theirs = _published(library, f"efficientnet_{size}")
    _randomize(theirs)
    large, small = torch.randn(2, 3, 224, 224), torch.randn(2, 3, 97, 97)
    _scale_logits(theirs, large)
    ours = build_network(reference(f"efficientnet-{size}"), batch_norm_eps=THEIR_BATCH_NORM_EPS).eval()
    _copy_in_order(theirs, ours)
    for images in (large, small):
        with torch.inference_mode():
            expected, logits = theirs(images), ours(images)
        assert (expected[0] - expected[1]).abs().max() > 100 * LARGEST_DIFFERENCE, "blind to its input"
        assert (logits - expected).abs().max() < LARGEST_DIFFERENCE

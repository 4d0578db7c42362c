"""Weights from a file, checked against the network, and under the names other libraries give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.network import build_network
from search_spaces.structure import Block

Layers = dict[str, str]  # a layer of a block by our name -> by theirs
TIMM_ENDS = {
    "stem.conv": "conv_stem",
    "stem.norm": "bn1",
    "head.conv": "conv_head",
    "head.norm": "bn2",
    "classifier": "classifier",
}


def read_weights(path: Path, architecture: Architecture) -> dict[str, Tensor]:
    """Read a safetensors file of a state dict of ours; raises InvalidInput where it is not this network's."""
    try:
        state = safetensors.torch.load_file(path)
    except (OSError, SafetensorError) as error:
        raise InvalidInput("--weights", str(path), f"a readable safetensors file ({error})") from None
    for name, dimensions in (("classifier.weight", 2), ("stem.conv.weight", 4)):
        if name not in state or state[name].dim() != dimensions:
            raise InvalidInput("--weights", str(path), f"the weights of {architecture.name}, {name} among them")
    in_channels, num_classes = sizes(state)
    with torch.device("meta"):
        expected = build_network(architecture, in_channels, num_classes).state_dict()
    for name in sorted(expected.keys() ^ state.keys()):
        raise InvalidInput("--weights", name, f"the weights of {architecture.name}: this one is not in both")
    for name, tensor in state.items():
        if tensor.shape != expected[name].shape:
            accepted = f"{list(expected[name].shape)}, its shape in {architecture.name}"
            raise InvalidInput(f"--weights {name}", list(tensor.shape), accepted)
    return state


def sizes(state: Mapping[str, Tensor]) -> tuple[int, int]:
    """Return the number of input channels and of classes."""
    return state["stem.conv.weight"].shape[1], state["classifier.weight"].shape[0]


def pack(state: Mapping[str, Tensor]) -> bytes:
    """Return the content of a safetensors file."""
    return safetensors.torch.save({name: tensor.contiguous() for name, tensor in state.items()})


def as_timm(state: Mapping[str, Tensor], architecture: Architecture) -> dict[str, Tensor]:
    """Return the weights by the names in timm's EfficientNet."""
    return _renamed(state, architecture, TIMM_ENDS, "blocks.{stage}.{index}", _timm_layers)


def as_torchvision(state: Mapping[str, Tensor], architecture: Architecture) -> dict[str, Tensor]:
    """Return the weights by the names in torchvision's EfficientNet; its stem is feature 0, its head the last."""
    last = len(architecture.stages) + 1
    ends = {
        "stem.conv": "features.0.0",
        "stem.norm": "features.0.1",
        "head.conv": f"features.{last}.0",
        "head.norm": f"features.{last}.1",
        "classifier": "classifier.1",
    }
    return _renamed(state, architecture, ends, "features.{feature}.{index}.block", _torchvision_layers)


def _renamed(
    state: Mapping[str, Tensor],
    architecture: Architecture,
    ends: Layers,
    block_prefix: str,
    layers: Callable[[Block], Layers],
) -> dict[str, Tensor]:
    blocks, places = list(architecture.blocks), _places(architecture)
    renamed = {}
    for name, tensor in state.items():
        layer, _, kind = name.rpartition(".")
        if not layer.startswith("blocks."):
            renamed[f"{ends[layer]}.{kind}"] = tensor
            continue
        _, number, *inner = layer.split(".")
        stage, index = places[int(number)]
        theirs = layers(blocks[int(number)])[".".join(part for part in inner if part != "branch")]
        prefix = block_prefix.format(stage=stage, feature=stage + 1, index=index)
        renamed[f"{prefix}.{theirs}.{kind}"] = tensor
    return renamed


def _places(architecture: Architecture) -> list[tuple[int, int]]:
    """Return the stage and the position in it of every block."""
    return [(number, index) for number, stage in enumerate(architecture.stages) for index in range(stage.depth)]


def _timm_layers(block: Block) -> Layers:
    squeeze = {"squeeze_excite.reduce": "se.conv_reduce", "squeeze_excite.expand": "se.conv_expand"}
    if block.op == "conv":
        return {"full.conv": "conv", "full.norm": "bn1"}
    if not block.expanded_width:
        last = "pointwise" if block.op == "dsconv" else "project"
        names = ["depthwise.conv", "depthwise.norm", f"{last}.conv", f"{last}.norm"]
        return squeeze | dict(zip(names, ["conv_dw", "bn1", "conv_pw", "bn2"], strict=True))
    layers = [("expand", "conv_pw", "bn1"), ("depthwise", "conv_dw", "bn2"), ("project", "conv_pwl", "bn3")]
    named = {f"{ours}.conv": conv for ours, conv, _ in layers} | {f"{ours}.norm": norm for ours, _, norm in layers}
    return squeeze | named


def _torchvision_layers(block: Block) -> Layers:
    parts = ["depthwise", "squeeze_excite", "project"]
    if block.expanded_width:
        parts.insert(0, "expand")
    names = {"conv": "0", "norm": "1"}
    squeeze = {"reduce": "fc1", "expand": "fc2"}
    return {
        f"{part}.{ours}": f"{position}.{theirs}"
        for position, part in enumerate(parts)
        for ours, theirs in (squeeze if part == "squeeze_excite" else names).items()
    }

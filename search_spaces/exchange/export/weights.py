"""Weights from a file, checked against the network, and under the names other libraries give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.abilities import require
from search_spaces.files import LARGEST_WEIGHTS_BYTES, require_file
from search_spaces.network import build_network
from search_spaces.structure import Block
from search_spaces.weights import Expects, expects_in, metadata_of

Layers = dict[str, str]  # a layer of a block by our name -> by theirs
TIMM_ENDS = {
    "stem.conv": "conv_stem",
    "stem.norm": "bn1",
    "head.conv": "conv_head",
    "head.norm": "bn2",
    "classifier": "classifier",
}


def read_weights(path: Path, architecture: Architecture) -> tuple[dict[str, Tensor], Expects | None]:
    """Read a state dict of ours from a safetensors file, and what it expects of images where that is said.

    Raises InvalidInput where the weights are not this network's.
    """
    state, metadata = _read(path)
    _check_state(state, path, architecture)
    expects = expects_in(metadata, "--weights")
    if expects is not None:
        _check_expects(expects, state, architecture)
    return state, expects


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str] | None]:
    try:
        with safetensors.safe_open(require_file(path, LARGEST_WEIGHTS_BYTES), framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118 (no mapping)
    except InvalidInput:
        raise
    except (OSError, SafetensorError) as error:
        raise InvalidInput("--weights", str(path), f"a readable safetensors file ({error})") from None


def _check_state(state: Mapping[str, Tensor], path: Path, architecture: Architecture) -> None:
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


def _check_expects(expects: Expects, state: Mapping[str, Tensor], architecture: Architecture) -> None:
    """Raise InvalidInput where the file says something else than its weights, or than the architecture."""
    in_channels, num_classes = sizes(state)
    size = architecture.input_size
    title, same = architecture.name, expects.network in (None, architecture.key)
    require(same, "--weights", "weights of another network", f"those of {title}: shapes agree, the networks do not")
    require(expects.resolution == size, "--weights.expects.resolution", expects.resolution, f"{size}, as {title} has")
    for name in ("mean", "std"):
        numbers = getattr(expects, name)
        sound = len(numbers) == in_channels and all(math.isfinite(number) for number in numbers)
        require(sound, f"--weights.expects.{name}", numbers, f"{in_channels} finite numbers, one a channel")
    require(min(expects.std) > 0, "--weights.expects.std", expects.std, "numbers above 0")
    counted = {"num_classes": expects.num_classes, "classes": num_classes}
    if expects.classes is not None:
        counted["classes"] = len(expects.classes)
    for name, number in counted.items():
        require(number == num_classes, f"--weights.expects.{name}", number, f"{num_classes}, as the weights have")


def sizes(state: Mapping[str, Tensor]) -> tuple[int, int]:
    """Return the number of input channels and of classes."""
    return state["stem.conv.weight"].shape[1], state["classifier.weight"].shape[0]


def pack(state: Mapping[str, Tensor], expects: Expects | None) -> bytes:
    """Return the content of a safetensors file, what the weights expect of images among its metadata."""
    metadata = None if expects is None else metadata_of(expects)
    return safetensors.torch.save({name: tensor.contiguous() for name, tensor in state.items()}, metadata)


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

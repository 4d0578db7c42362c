"""One Python file that builds the network with torch alone and loads our weights. No torch.

Its layers are the source of `search_spaces.blocks` itself, so that the names of the weights cannot drift apart.
"""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.exchange.export.python_text import HEADER
from search_spaces.exchange.export.request import BATCH_NORM_MOMENTUM, Files, Request, weights_path
from search_spaces.exchange.export.serving import python_constants
from search_spaces.structure import Block

TEMPLATE = '''"""{title} as one file, torch is all it needs. {header} Apache-2.0.

    network = build()                          # fresh weights
    network = load("weights.safetensors")      # ours; needs the safetensors package
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

RESOLUTION = {resolution!r}  # height and width in pixels it is made for; others work{serving}


{block_class}


{layers}


# every block with how many times it stands in a row
RUNS = [
{runs}]


class Network(nn.Module):
    """Stem, max pooling, blocks, head, global average pooling, classifier."""

    def __init__(self, in_channels: int = {in_channels}, num_classes: int = {num_classes}) -> None:
        super().__init__()
        settings = LayerSettings(activation="{activation}", batch_norm_eps={eps!r}, batch_norm_momentum={momentum!r})
        self.stem = ConvNormActivation(in_channels, {stem_width}, {stem_kernel}, {stem_stride}, settings)
        self.pool = {pool}
        blocks = [block for block, count in RUNS for _ in range(count)]
        # stochastic depth rises linearly over the blocks
        rates = [{drop_path!r} * index / len(blocks) for index in range(len(blocks))]
        self.blocks = nn.Sequential(*(build_block(block, settings, rate) for block, rate in zip(blocks, rates)))
        self.head = {head}
        self.dropout = nn.Dropout({dropout!r})
        self.classifier = nn.Linear({features}, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits [N, num_classes] of `images` [N, in_channels, H, W]."""
        features = self.head(self.blocks(self.pool(self.stem(images))))
        pooled = functional.adaptive_avg_pool2d(features, 1).flatten(1)
        return self.classifier(self.dropout(pooled))


{initialize}


def build(in_channels: int = {in_channels}, num_classes: int = {num_classes}) -> Network:
    """Return the network with freshly drawn weights."""
    network = Network(in_channels, num_classes)
    initialize(network)
    return network


def load(path: str) -> Network:
    """Return the network with the weights of a safetensors file."""
    from safetensors.torch import load_file

    state = load_file(path)
    network = Network(state["stem.conv.weight"].shape[1], state["classifier.weight"].shape[0])
    network.load_state_dict(state)
    return network
'''


def export_torch(request: Request, path: Path) -> Files:
    """Return the file, and the weights beside it; every network of ours can be written so."""
    architecture = request.architecture
    stem, head = architecture.stem, architecture.head.width
    text = TEMPLATE.format(
        title=request.title,
        header=HEADER,
        serving=python_constants(request),
        resolution=architecture.input_size,
        block_class=_definition("search_spaces.structure", "Block"),
        layers=_after_imports("search_spaces.blocks"),
        runs="".join(f"    ({_block_text(block)}, {count}),\n" for block, count in architecture.runs),
        in_channels=request.in_channels,
        num_classes=request.num_classes,
        activation=architecture.activation,
        eps=request.batch_norm_eps,
        momentum=BATCH_NORM_MOMENTUM,
        stem_width=stem.width,
        stem_kernel=stem.kernel_size,
        stem_stride=stem.stride,
        pool=f"nn.MaxPool2d(3, {stem.pool}, padding=1)" if stem.pool > 1 else "nn.Identity()",
        drop_path=architecture.drop_path,
        head=f"ConvNormActivation({_last_width(architecture)}, {head}, 1, 1, settings)" if head else "nn.Identity()",
        dropout=architecture.dropout,
        features=architecture.feature_width,
        initialize=_definition("search_spaces.network", "initialize"),
    )
    files: Files = {path: text.encode()}
    if request.state is not None:
        from search_spaces.exchange.export.weights import pack

        files[weights_path(path)] = pack(request.state, request.expects)
    return files


def _last_width(architecture: Architecture) -> int:
    return architecture.stages[-1].width


def _block_text(block: Block) -> str:
    return f"Block({', '.join(map(repr, block))})"


def _source(module: str) -> str:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise RuntimeError(f"the source of {module} is missing")
    return Path(found.origin).read_text(encoding="utf-8")


def _definition(module: str, name: str) -> str:
    """Return the source of one class or function of a module, which is not imported for it."""
    source = _source(module)
    nodes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef | ast.FunctionDef))
    found = next(node for node in nodes if node.name == name)
    return "\n".join(source.splitlines()[found.lineno - 1 : found.end_lineno])


def _after_imports(module: str) -> str:
    """Return the source of a module below its last import."""
    source = _source(module)
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(source.splitlines()[imports[-1].end_lineno :]).strip("\n")

"""One torch module that holds the weights of all networks of a space; each network is a path of slices through it.

Kernels are the middle of the largest kernel, widths, expansions and squeezes the first channels, depth the first
blocks of a stage; operations lie side by side, a resolution has no weights. Batch norms normalize by the statistics
of the batch, in training and in evaluation: running ones would mix those of all paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from search_spaces.blocks import BRANCHES, ConvNormActivation, LayerSettings, ProjectionShortcut, build_block
from search_spaces.depthwise import with_fast_gradients
from search_spaces.errors import InvalidInput
from search_spaces.network import initialize
from search_spaces.structure import Block
from trials.objectives.shared.layout import Layout
from trials.objectives.shared.routes import Path

EPSILON = 1e-3  # of batch norms, as search_spaces.network.build_network has it
MOST_WEIGHTS = 1_000_000_000
STEM, HEAD, CLASSIFIER, PLAIN_CLASSIFIER, PROJECTION = "stem", "head", "classifier", "plain_classifier", "_projection"


class Layer(NamedTuple):
    """A layer without weights, and of each weight its name, its shape and where in a part of a supernet it is."""

    module: nn.Module
    weights: tuple[tuple[str, str, tuple[int, ...]], ...]  # name, name within the part, shape


class Supernet(nn.Module):
    """The largest of every layer of a space, in `parts` by place. Make one with `build_supernet`."""

    def __init__(self, layout: Layout, in_channels: int, num_classes: int, settings: LayerSettings) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.num_classes = num_classes
        self.settings = settings
        self.parts = nn.ModuleDict({name: BRANCHES[block.op](block, settings) for name, block in layout.blocks.items()})
        for name in sorted(layout.projections):
            self.parts[name + PROJECTION] = ProjectionShortcut(layout.blocks[name], settings)
        self.parts[STEM] = ConvNormActivation(in_channels, layout.stem_width, layout.stem_kernel, 1, settings)
        if layout.head_width is not None:
            self.parts[HEAD] = ConvNormActivation(layout.last_width, layout.head_width, 1, 1, settings)
            self.parts[CLASSIFIER] = nn.Linear(layout.head_width, num_classes)
        if layout.plain_width is not None:
            self.parts[PLAIN_CLASSIFIER] = nn.Linear(layout.plain_width, num_classes)
        without_running_statistics(self)

    def forward(self, images: Tensor, path: Path) -> Tensor:
        """Return the logits [N, num_classes] of one network for `images` [N, in_channels, *its resolution]."""
        features = images
        for _, part, layer in self.layers(path):
            if part in (CLASSIFIER, PLAIN_CLASSIFIER):
                features = functional.adaptive_avg_pool2d(features, 1).flatten(1)
            features = functional_call(layer.module, self._sliced(part, layer), (features,))
            if part == STEM and path.architecture.stem.pool > 1:
                features = functional.max_pool2d(features, 3, path.architecture.stem.pool, padding=1)
        return features

    def layers(self, path: Path) -> Iterator[tuple[str, str, Layer]]:
        """Yield the layers of a network in order, each with its name in a stand-alone network and its part here."""
        architecture, last = path.architecture, path.blocks[-1][1].out_width
        stem, head = architecture.stem, architecture.head.width
        yield "stem", STEM, conv_layer(self.in_channels, stem.width, stem.kernel_size, stem.stride, self.settings)
        for index, (place, block) in enumerate(path.blocks):
            yield f"blocks.{index}", place, block_layer(block, self.settings)
        if head is not None:
            yield "head", HEAD, conv_layer(last, head, 1, 1, self.settings)
        classifier = PLAIN_CLASSIFIER if head is None else CLASSIFIER
        yield "classifier", classifier, linear_layer(architecture.feature_width, self.num_classes)

    def path_weights(self, path: Path) -> dict[str, Tensor]:
        """Return the weights of one network under the names they have in the network that `build_network` makes.

        They are slices of the shared ones, not copies. Statistics of batch norms are not among them: recalibrate.
        """
        return {
            f"{prefix}.{name}": weight
            for prefix, part, layer in self.layers(path)
            for name, weight in self._sliced(part, layer).items()
        }

    def _sliced(self, part: str, layer: Layer) -> dict[str, Tensor]:
        return {name: sliced(self._weight(part, inner), shape) for name, inner, shape in layer.weights}

    def _weight(self, part: str, name: str) -> Tensor:
        inside = name.removeprefix("shortcut.")
        owner = self.parts[part if inside == name else part + PROJECTION]
        return owner.get_parameter(inside)


def build_supernet(
    layout: Layout, *, in_channels: int, num_classes: int, activation: str, seed: int | None = None
) -> Supernet:
    """Return a supernet whose weights depend on `seed` alone; without one they are not there (device `meta`).

    Raises InvalidInput for a space that needs more weights than any machine would train.
    """
    settings = LayerSettings(activation=activation, batch_norm_eps=EPSILON, batch_norm_momentum=0.1)
    with torch.device("meta"):
        supernet = Supernet(layout, in_channels, num_classes, settings)
    count = sum(weight.numel() for weight in supernet.parameters())
    if count > MOST_WEIGHTS:
        accepted = f"a space (or proxy.width) whose shared weights are at most {MOST_WEIGHTS:,}"
        raise InvalidInput("space", f"{count:,} shared weights", accepted)
    if seed is not None:
        supernet.to_empty(device="cpu")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            initialize(supernet)
    return supernet


def sliced(weight: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the first channels of a weight (dimensions 0 and 1) and the middle of its kernels (2 and 3).

    >>> sliced(torch.arange(5.0), (2,))
    tensor([0., 1.])
    """
    for dimension, size in enumerate(shape):
        spare = weight.shape[dimension] - size
        if spare:
            weight = weight.narrow(dimension, spare // 2 if dimension > 1 else 0, size)
    return weight


@lru_cache(maxsize=16_384)
def block_layer(block: Block, settings: LayerSettings) -> Layer:
    """Return the layer of a block, made once."""
    with torch.device("meta"):
        return as_layer(build_block(block, settings))


@lru_cache(maxsize=1_024)
def conv_layer(in_width: int, out_width: int, kernel_size: int, stride: int, settings: LayerSettings) -> Layer:
    """Return the layer of a stem or head, made once."""
    with torch.device("meta"):
        return as_layer(ConvNormActivation(in_width, out_width, kernel_size, stride, settings))


@lru_cache(maxsize=1_024)
def linear_layer(in_width: int, num_classes: int) -> Layer:
    """Return the layer of a classifier, made once."""
    with torch.device("meta"):
        return as_layer(nn.Linear(in_width, num_classes))


def as_layer(module: nn.Module) -> Layer:
    """Return a module as a layer: batch norms without statistics of their own, depthwise convolutions fast."""
    without_running_statistics(module)
    with_fast_gradients(module)
    shapes: Mapping[str, Tensor] = dict(module.named_parameters())
    return Layer(
        module, tuple((name, name.removeprefix("branch."), tuple(weight.shape)) for name, weight in shapes.items())
    )


def without_running_statistics(network: nn.Module) -> None:
    """Let all batch norms of a network normalize by the batch, in evaluation too."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.track_running_stats = False
            module.running_mean = module.running_var = module.num_batches_tracked = None

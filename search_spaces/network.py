"""The network of an architecture, as a torch module."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn import functional

from search_spaces.architecture import Architecture
from search_spaces.blocks import ConvNormActivation, LayerSettings, Residual, build_block
from search_spaces.depthwise import with_fast_gradients
from search_spaces.errors import InvalidInput


class Network(nn.Module):
    """Stem, max pooling, blocks, head, global average pooling, classifier. Make one with `build_network`.

    Blocks are numbered through, whatever stages they were written in: equal architectures have equal state dicts.
    """

    def __init__(self, architecture: Architecture, in_channels: int, num_classes: int, settings: LayerSettings) -> None:
        super().__init__()
        stem = architecture.stem
        self.architecture = architecture
        self.stem = ConvNormActivation(in_channels, stem.width, stem.kernel_size, stem.stride, settings)
        self.pool = nn.MaxPool2d(3, stem.pool, padding=1) if stem.pool > 1 else nn.Identity()
        self.blocks = nn.Sequential(
            *(
                build_block(block, settings, drop_path=rate)
                for block, rate in zip(architecture.blocks, drop_path_rates(architecture), strict=True)
            )
        )
        self.head = _head(architecture, settings)
        self.dropout = nn.Dropout(architecture.dropout)
        self.classifier = nn.Linear(architecture.feature_width, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits [N, num_classes] of `images` [N, in_channels, H, W]; any H and W from 1 pixel up."""
        features = self.head(self.blocks(self.pool(self.stem(images))))  # [N, C, ceil(H / strides), ceil(W / strides)]
        pooled = functional.adaptive_avg_pool2d(features, 1).flatten(1)  # [N, C]
        logits: Tensor = self.classifier(self.dropout(pooled))
        return logits


def build_network(
    architecture: Architecture,
    in_channels: int = 3,
    num_classes: int = 1000,
    *,
    batch_norm_eps: float = 1e-3,
    batch_norm_momentum: float = 0.01,
    zero_init_residual: bool = False,
) -> Network:
    """Build a network with freshly drawn weights; the defaults are those of EfficientNet's official code.

    Its `momentum` 0.99 is torch's 0.01. Weights come from torch's global generator; under `torch.device("meta")` there
    are none. `zero_init_residual` starts every residual block as its shortcut (arXiv:1706.02677, section 5.1), so that
    deep networks learn from the first step. Raises InvalidInput for a number of channels or classes below 1.
    """
    for key, value in (("in_channels", in_channels), ("num_classes", num_classes)):
        if value < 1:
            raise InvalidInput(key, value, "an integer of at least 1")
    settings = LayerSettings(
        activation=architecture.activation, batch_norm_eps=batch_norm_eps, batch_norm_momentum=batch_norm_momentum
    )
    network = Network(architecture, in_channels, num_classes, settings)
    with_fast_gradients(network)
    if not network.classifier.weight.is_meta:
        initialize(network)
        if zero_init_residual:
            silence_branches(network)
    return network


def drop_path_rates(architecture: Architecture) -> list[float]:
    """Return the stochastic-depth rate of every block: `drop_path * index / count` over all blocks of this network.

    The last rate is thus a little below `drop_path`, as in the official code (efficientnet_model.py).
    """
    count = architecture.block_count
    return [architecture.drop_path * index / count for index in range(count)]


def initialize(network: nn.Module) -> None:
    """Draw all weights anew as EfficientNet's official code does (tensorflow/tpu, efficientnet_model.py).

    Convolutions: normal, variance 2 / fan_out; a depthwise one has a fan-out of one kernel. Classifier: uniform within
    1 / sqrt(num_classes). Biases 0, batch norms the identity.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.weight[0, 0].numel() * module.out_channels // module.groups
            nn.init.normal_(module.weight, std=math.sqrt(2 / fan_out))
        elif isinstance(module, nn.Linear):
            limit = 1 / math.sqrt(module.out_features)
            nn.init.uniform_(module.weight, -limit, limit)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)


def silence_branches(network: nn.Module) -> None:
    """Set the scale of the last batch norm of every residual branch to 0."""
    for module in network.modules():
        if isinstance(module, Residual):
            norms = [layer for layer in module.branch.modules() if isinstance(layer, nn.BatchNorm2d)]
            nn.init.zeros_(norms[-1].weight)


def _head(architecture: Architecture, settings: LayerSettings) -> nn.Module:
    if architecture.head.width is None:
        return nn.Identity()
    return ConvNormActivation(architecture.stages[-1].width, architecture.head.width, 1, 1, settings)

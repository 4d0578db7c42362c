"""The layers of a stage as torch modules, one for each `structure.Block`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from search_spaces.structure import Block

# only ReLU gains from working in place: the others would copy their input for the backward pass
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "silu": nn.SiLU,
    "relu": partial(nn.ReLU, inplace=True),
    "relu6": nn.ReLU6,
    "hardswish": nn.Hardswish,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerSettings:
    """What all layers of one network share."""

    activation: str
    batch_norm_eps: float
    batch_norm_momentum: float

    def activate(self) -> nn.Module:
        """Return a new activation module."""
        return ACTIVATIONS[self.activation]()


class ConvNorm(nn.Sequential):
    """A convolution without bias and a batch norm; sides become ceil(side / stride)."""

    def __init__(
        self, in_width: int, out_width: int, kernel_size: int, stride: int, settings: LayerSettings, groups: int = 1
    ) -> None:
        super().__init__()
        padding = (kernel_size - 1) // 2
        self.conv = nn.Conv2d(in_width, out_width, kernel_size, stride, padding, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out_width, eps=settings.batch_norm_eps, momentum=settings.batch_norm_momentum)


class ConvNormActivation(ConvNorm):
    """A convolution without bias, a batch norm and the activation."""

    def __init__(
        self, in_width: int, out_width: int, kernel_size: int, stride: int, settings: LayerSettings, groups: int = 1
    ) -> None:
        super().__init__(in_width, out_width, kernel_size, stride, settings, groups)
        self.activation = settings.activate()


class SqueezeExcite(nn.Module):
    """Weigh channels by what the whole image shows (arXiv:1709.01507), with the network's activation inside."""

    def __init__(self, width: int, squeeze_width: int, settings: LayerSettings) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(width, squeeze_width, 1)
        self.activation = settings.activate()
        self.expand = nn.Conv2d(squeeze_width, width, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Return `features` [N, C, H, W], every channel multiplied by its gate in (0, 1)."""
        squeezed = functional.adaptive_avg_pool2d(features, 1)  # [N, C, 1, 1]
        gates = torch.sigmoid(self.expand(self.activation(self.reduce(squeezed))))
        return features * gates


class PoolShortcut(nn.Module):
    """Average pooling by the stride, then zeros for the channels that the block adds."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.stride = block.stride
        self.new_channels = block.out_width - block.in_width

    def forward(self, features: Tensor) -> Tensor:
        """Return [N, C + new, ceil(H / stride), ceil(W / stride)]; the mean at a border is that of real pixels."""
        if self.stride > 1:
            features = functional.avg_pool2d(features, self.stride, ceil_mode=True, count_include_pad=False)
        if self.new_channels:
            features = functional.pad(features, (0, 0, 0, 0, 0, self.new_channels))
        return features


class ProjectionShortcut(ConvNorm):
    """A 1 x 1 convolution with the block's stride and a batch norm (ResNet, arXiv:1512.03385, option B)."""

    def __init__(self, block: Block, settings: LayerSettings) -> None:
        super().__init__(block.in_width, block.out_width, 1, block.stride, settings)


class StochasticDepth(nn.Module):
    """Drop a whole branch for some samples of a batch while training (arXiv:1603.09382); `rate` in [0, 1)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, branch: Tensor) -> Tensor:
        """Return `branch` [N, C, H, W] with samples zeroed at `rate` and the others scaled to keep the mean."""
        if not self.training or self.rate == 0:
            return branch
        keep = 1 - self.rate
        kept = branch.new_empty(branch.shape[0], 1, 1, 1).bernoulli_(keep)
        return branch * kept.div_(keep)

    def extra_repr(self) -> str:
        """Show the rate in the printed network."""
        return f"rate={self.rate:g}"


class Residual(nn.Module):
    """A branch added to a shortcut of the block's input."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module, drop_path: float) -> None:
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut
        self.drop_path = StochasticDepth(drop_path)

    def forward(self, features: Tensor) -> Tensor:
        """Return shortcut + branch, [N, C, H, W]."""
        shortcut: Tensor = self.shortcut(features)
        branch: Tensor = self.drop_path(self.branch(features))
        return shortcut + branch


class ActivatedResidual(Residual):
    """A residual block with an activation after the addition (ResNet, arXiv:1512.03385)."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module, drop_path: float, activation: nn.Module) -> None:
        super().__init__(branch, shortcut, drop_path)
        self.activation = activation

    def forward(self, features: Tensor) -> Tensor:
        """Return activation(shortcut + branch), [N, C, H, W]."""
        activated: Tensor = self.activation(super().forward(features))
        return activated


def build_block(block: Block, settings: LayerSettings, drop_path: float = 0.0) -> nn.Module:
    """Build the layer that `block` describes; `drop_path` acts only where there is a shortcut."""
    branch = BRANCHES[block.op](block, settings)
    activated = block.op in ACTIVATED_AFTER_ADDITION
    if block.shortcut == "none":
        if activated:
            branch.add_module("activation", settings.activate())
        return branch
    shortcut = SHORTCUTS[block.shortcut](block, settings)
    if activated:
        return ActivatedResidual(branch, shortcut, drop_path, settings.activate())
    return Residual(branch, shortcut, drop_path)


def _mbconv(block: Block, settings: LayerSettings) -> nn.Sequential:
    hidden = block.expanded_width or block.in_width
    branch = nn.Sequential()
    if block.expanded_width:
        branch.add_module("expand", ConvNormActivation(block.in_width, hidden, 1, 1, settings))
    branch.add_module("depthwise", _depthwise(hidden, block, settings))
    _add_squeeze_excite(branch, hidden, block, settings)
    branch.add_module("project", ConvNorm(hidden, block.out_width, 1, 1, settings))
    return branch


def _dsconv(block: Block, settings: LayerSettings) -> nn.Sequential:
    branch = nn.Sequential()
    branch.add_module("depthwise", _depthwise(block.in_width, block, settings))
    _add_squeeze_excite(branch, block.in_width, block, settings)
    branch.add_module("pointwise", ConvNormActivation(block.in_width, block.out_width, 1, 1, settings))
    return branch


def _conv(block: Block, settings: LayerSettings) -> nn.Sequential:
    branch = nn.Sequential()
    full = ConvNormActivation(block.in_width, block.out_width, block.kernel_size, block.stride, settings)
    branch.add_module("full", full)
    _add_squeeze_excite(branch, block.out_width, block, settings)
    return branch


def _bottleneck(block: Block, settings: LayerSettings) -> nn.Sequential:
    inner = block.expanded_width
    branch = nn.Sequential()
    branch.add_module("reduce", ConvNormActivation(block.in_width, inner, 1, 1, settings))
    branch.add_module("full", ConvNormActivation(inner, inner, block.kernel_size, block.stride, settings))
    branch.add_module("expand", ConvNorm(inner, block.out_width, 1, 1, settings))
    return branch


def _basic(block: Block, settings: LayerSettings) -> nn.Sequential:
    first = ConvNormActivation(block.in_width, block.out_width, block.kernel_size, block.stride, settings)
    branch = nn.Sequential()
    branch.add_module("first", first)
    branch.add_module("second", ConvNorm(block.out_width, block.out_width, block.kernel_size, 1, settings))
    return branch


def _depthwise(width: int, block: Block, settings: LayerSettings) -> nn.Module:
    return ConvNormActivation(width, width, block.kernel_size, block.stride, settings, groups=width)


def _add_squeeze_excite(branch: nn.Sequential, width: int, block: Block, settings: LayerSettings) -> None:
    if block.squeeze_width:
        branch.add_module("squeeze_excite", SqueezeExcite(width, block.squeeze_width, settings))


BRANCHES: dict[str, Callable[[Block, LayerSettings], nn.Sequential]] = {
    "mbconv": _mbconv,
    "dsconv": _dsconv,
    "conv": _conv,
    "bottleneck": _bottleneck,
    "basic": _basic,
}
ACTIVATED_AFTER_ADDITION = ("bottleneck", "basic")
SHORTCUTS: dict[str, Callable[[Block, LayerSettings], nn.Module]] = {
    "identity": lambda _block, _settings: nn.Identity(),
    "pool": lambda block, _settings: PoolShortcut(block),
    "projection": ProjectionShortcut,
}

"""Depthwise convolution whose gradient is fast on maps of a few pixels too.

On a CPU torch hands depthwise convolutions to oneDNN. Where the kernel is larger than the map, as in the last stages of
a small proxy, its gradient of the weights takes 10 to 40 times as long as the forward pass
(`benchmarks/training_speed.py`). There the gradient is computed here, by two batched matrix products.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

LARGEST_MAP = 64  # input pixels up to which every kernel of 5 or more gains, and all that exceed the map
LARGE_KERNEL = 5
CACHED_MAPS = 64


class DepthwiseConv2d(nn.Conv2d):
    """A convolution of every channel by itself; weights, results and gradients are those of `torch.nn.Conv2d`."""

    def forward(self, features: Tensor) -> Tensor:
        """Return [N, C, H', W'] of `features` [N, C, H, W]."""
        return depthwise_conv2d(features, self.weight, self.stride[0], int(self.padding[0]))


def with_fast_gradients(network: nn.Module) -> nn.Module:
    """Make the depthwise convolutions of a network `DepthwiseConv2d`, in place; return the network."""
    for layer in network.modules():
        if (
            type(layer) is nn.Conv2d
            and layer.groups == layer.in_channels == layer.out_channels > 1
            and layer.bias is None
        ):
            layer.__class__ = DepthwiseConv2d
    return network


def depthwise_conv2d(features: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """Return `features` [N, C, H, W] convolved with one square kernel a channel, `weight` [C, 1, K, K]."""
    if _is_slow(features, weight):
        convolved: Tensor = _SmallMap.apply(features, weight, stride, padding)  # type: ignore[no-untyped-call]
        return convolved
    return functional.conv2d(features, weight, None, stride, padding, 1, weight.shape[0])


def _is_slow(features: Tensor, weight: Tensor) -> bool:
    """Tell whether oneDNN would take its slow path for a gradient that is wanted."""
    if features.device.type != "cpu" or torch.compiler.is_compiling() or torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
        return False
    if not (torch.is_grad_enabled() and weight.requires_grad) or torch.is_autocast_enabled("cpu"):
        return False
    kernel, (height, width) = weight.shape[-1], features.shape[-2:]
    return height * width <= LARGEST_MAP and (min(height, width) < kernel or kernel >= LARGE_KERNEL)


class _SmallMap(torch.autograd.Function):
    """The same convolution; its gradient of the weights is a sum over pairs of an input and an output pixel."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.stride, ctx.padding = stride, padding
        return functional.conv2d(features, weight, None, stride, padding, 1, weight.shape[0])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        (of_output,) = gradients
        features, weight = ctx.saved_tensors
        wants_features, wants_weight = ctx.needs_input_grad[:2]
        of_features = of_weight = None
        if wants_features:
            of_features = _gradient_of_features(of_output, features, weight, ctx.stride, ctx.padding)
        if wants_weight:
            of_weight = _gradient_of_weight(of_output, features, weight.shape[-1], ctx.stride, ctx.padding)
        return of_features, of_weight, None, None


def _gradient_of_features(of_output: Tensor, features: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    sides = [stride, stride], [padding, padding], [1, 1]
    gradient: Tensor = torch.ops.aten.convolution_backward(
        of_output, features, weight, None, *sides, False, [0, 0], weight.shape[0], [True, False, False]
    )[0]
    return gradient


def _gradient_of_weight(of_output: Tensor, features: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Return [C, 1, K, K]: products of all pairs of pixels, summed over images, then those of each kernel position."""
    shape = (*features.shape[-2:], *of_output.shape[-2:])
    pairs = torch.bmm(_by_channel(features).transpose(1, 2), _by_channel(of_output))  # [C, H * W, H' * W']
    positions = _positions(shape, kernel, stride, padding).to(pairs.dtype)
    return (pairs.flatten(1) @ positions).view(-1, 1, kernel, kernel)


def _by_channel(features: Tensor) -> Tensor:
    """Return [N, C, H, W] as [C, N, H * W], by one transposition of a matrix where channels come last in memory."""
    count, channels = features.shape[:2]
    return features.permute(0, 2, 3, 1).reshape(-1, channels).t().contiguous().view(channels, count, -1)


@lru_cache(maxsize=CACHED_MAPS)
def _positions(shape: tuple[int, int, int, int], kernel: int, stride: int, padding: int) -> Tensor:
    """Return [H * W * H' * W', K * K]: 1 where a kernel position joins an input pixel to an output pixel, else 0."""
    height, width, out_height, out_width = shape
    rows = _joined(height, out_height, kernel, stride, padding)
    columns = _joined(width, out_width, kernel, stride, padding)
    joined = torch.einsum("hak,wbl->hwabkl", rows, columns)
    return joined.reshape(height * width * out_height * out_width, kernel * kernel)


def _joined(side: int, out_side: int, kernel: int, stride: int, padding: int) -> Tensor:
    """Return [side, out_side, kernel]: 1 where `place = out * stride + offset - padding`."""
    place, out, offset = torch.meshgrid(*(torch.arange(n) for n in (side, out_side, kernel)), indexing="ij")
    return (place == out * stride + offset - padding).float()

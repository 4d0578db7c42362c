"""Cost of an architecture measured on its network: fvcore, the reference, torch's own counter, and a clock."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from search_spaces.architecture import Architecture
from search_spaces.network import build_network
from search_spaces.threads import torch_threads

# what fvcore has no handler for, in our networks: element-wise work, and the pooling of stem and shortcut. Others raise
EXPECTED_UNSUPPORTED = frozenset(
    f"aten::{name}"
    for name in ("silu", "hardtanh", "hardswish", "sigmoid", "mul", "add", "avg_pool2d", "max_pool2d", "pad")
)
MULTIPLY_ADD_OPERATORS = ("conv", "linear")
ACTIVATIONS = "activations"


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredCost:
    """What fvcore counts at batch 1 in evaluation mode.

    `flops` are the multiply-adds of convolutions and classifier; `fvcore_total` is what fvcore reports by default:
    these, 2 per element of a batch norm and 1 per element that is pooled globally. `by_operator` splits
    `fvcore_total`; `unsupported_operators` counts the calls that fvcore leaves out.
    """

    flops: int
    params: int
    activations: int
    fvcore_total: int
    by_operator: Mapping[str, int]
    unsupported_operators: Mapping[str, int]


def measure_cost(architecture: Architecture, num_classes: int = 1000, in_channels: int = 3) -> MeasuredCost:
    """Run the network once under fvcore and return what it counted.

    A few hundred milliseconds for EfficientNet-B0 at 224 pixels. Raises AssertionError where the network calls an
    operator that fvcore does not know and we did not expect, which would otherwise cost 0 unseen.
    """
    network = _zeroed(_weightless(architecture, in_channels, num_classes))
    with torch_threads(1):  # 10 to 80 times quicker so where cores are shared
        counted, unsupported = _count(network, _image(architecture, in_channels))
    unexpected = set(unsupported) - EXPECTED_UNSUPPORTED
    if unexpected:
        raise AssertionError(f"fvcore counts these operators as 0: {', '.join(sorted(unexpected))}")
    activations = counted.pop(ACTIVATIONS)
    return MeasuredCost(
        flops=sum(counted[name] for name in MULTIPLY_ADD_OPERATORS),
        params=count_parameters(network),
        activations=activations,
        fvcore_total=counted.total(),
        by_operator=dict(counted),
        unsupported_operators=dict(unsupported),
    )


def flop_counter_flops(architecture: Architecture, num_classes: int = 1000, in_channels: int = 3) -> int:
    """Return the multiply-adds by torch's FlopCounterMode, without memory or arithmetic: on the meta device.

    It counts a multiplication and an addition as two; we halve.
    """
    network = _weightless(architecture, in_channels, num_classes)
    image = _image(architecture, in_channels).to("meta")
    with FlopCounterMode(display=False) as counter:
        network(image)
    operations: int = counter.get_total_flops()
    return operations // 2


def measure_latency(
    architecture: Architecture,
    num_classes: int = 1000,
    in_channels: int = 3,
    *,
    device: str | torch.device = "cpu",
    repeats: int = 20,
    batch_size: int = 1,
) -> float:
    """Return the median milliseconds of one forward pass in evaluation mode, after a warm-up.

    Noisy by nature: it depends on the machine, its load and its number of threads.
    """
    device = torch.device(device)
    network = build_network(architecture, in_channels, num_classes).eval().requires_grad_(False).to(device)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = _image(architecture, in_channels).expand(batch_size, -1, -1, -1).to(device)
    images = images.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        for _ in range(max(3, repeats // 4)):
            network(images)
        return statistics.median(_timed(lambda: network(images), device) for _ in range(repeats)) * 1e3


def count_parameters(network: nn.Module) -> int:
    """Return the number of weights: the elements of all parameters, without running statistics."""
    return sum(parameter.numel() for parameter in network.parameters())


def _count(network: nn.Module, images: Tensor) -> tuple[Counter[str], Counter[str]]:
    """Return counts by operator, activations among them, and the calls without a handler, from one run."""
    from fvcore.nn import FlopCountAnalysis
    from fvcore.nn.jit_handles import conv_flop_jit, linear_flop_jit

    analysis = FlopCountAnalysis(network, images)
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    analysis.set_op_handle("aten::_convolution", _with_activations("conv", conv_flop_jit))
    analysis.set_op_handle("aten::linear", _with_activations("linear", linear_flop_jit))
    return Counter(analysis.by_operator()), Counter(analysis.unsupported_ops())


def _with_activations(name: str, flops: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Counter[str]]:
    """Return an fvcore handle that counts multiply-adds and elements put out."""
    from fvcore.nn.jit_handles import generic_activation_jit

    elements = generic_activation_jit(ACTIVATIONS)

    def handle(inputs: Any, outputs: Any) -> Counter[str]:
        counted = flops(inputs, outputs)
        by_name: Counter[str] = counted if isinstance(counted, Counter) else Counter({name: counted})
        return by_name + Counter(elements(inputs, outputs))

    return handle


def _weightless(architecture: Architecture, in_channels: int, num_classes: int) -> nn.Module:
    """Return the network on the meta device, in evaluation mode; without gradients no intermediate result is kept."""
    with torch.device("meta"):
        return build_network(architecture, in_channels, num_classes).eval().requires_grad_(False)


def _zeroed(network: nn.Module) -> nn.Module:
    """Move a weightless network to the CPU: drawing weights would take longer than counting."""
    network = network.to_empty(device="cpu")
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.zero_()
    return network


def _image(architecture: Architecture, in_channels: int) -> Tensor:
    return torch.zeros(1, in_channels, *architecture.input_size)


def _timed(work: Callable[[], object], device: torch.device) -> float:
    started = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started

"""A training step of EfficientNet-B0 at quarter width: in bfloat16 or not, one order at a time or as one CUDA graph.

    python -m benchmarks.bfloat16 --device cuda

Prints milliseconds a step, the mean of 20 after 5 that do not count. One NVIDIA H200, torch 2.11, images of 28 x 28 px:

    batch   numbers    memory format       in orders   as a graph
       64   float32    channels_last          27.8         3.4
       64   bfloat16   channels_last          46.0         5.2
      256   float32    channels_last          29.8         4.3
      256   bfloat16   channels_last          46.7         5.7

So a GPU waits for its orders here, and `training.autocast: auto` leaves bfloat16 to larger batches. Training as a graph
is not built: it would be 7 to 8 times faster.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable, Iterator

import torch
from torch.nn import functional

from search_spaces.exchange.source import load_architecture
from search_spaces.network import build_network
from trials.proxy import Proxy, apply_proxy

SIDE, CLASSES = 28, 10
PROXY = Proxy(width=0.25, resolution=SIDE / 224, drop_strides=1, regularization=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="bfloat16 and CUDA graphs on small networks")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batches", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--steps", type=int, default=20)
    wanted = parser.parse_args()
    device = torch.device(wanted.device)
    for batch in wanted.batches:
        for lower in (False, True):
            step = training_step(batch, device, lower=lower)
            told = (
                f"{batch:5} {'bfloat16' if lower else 'float32':9} {milliseconds(step, wanted.steps, device):7.1f} ms"
            )
            if device.type == "cuda":
                told += f"   as a graph {milliseconds(graph_of(step).replay, wanted.steps, device):6.1f} ms"
            print(told, flush=True)


def training_step(batch: int, device: torch.device, *, lower: bool) -> Callable[[], None]:
    """Return a step of a new network on one batch of noise."""
    network = build_network(
        apply_proxy(load_architecture("efficientnet-b0"), PROXY), num_classes=CLASSES, in_channels=1
    )
    network.to(device=device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    images = torch.randn(batch, 1, SIDE, SIDE, device=device)
    labels = torch.randint(0, CLASSES, (batch,), device=device)

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=lower, cache_enabled=False):
            loss = functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()

    return step


def milliseconds(step: Callable[[], None], steps: int, device: torch.device) -> float:
    for _ in range(5):
        step()
    with finished(device):
        started = time.perf_counter()
        for _ in range(steps):
            step()
    return (time.perf_counter() - started) / steps * 1_000


@contextlib.contextmanager
def finished(device: torch.device) -> Iterator[None]:
    """Wait for the device before and after the block."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    yield
    if device.type == "cuda":
        torch.cuda.synchronize()


def graph_of(step: Callable[[], None]) -> torch.cuda.CUDAGraph:
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # what a library sets up at its first calls must not be captured
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph


if __name__ == "__main__":
    main()

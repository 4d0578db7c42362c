"""Objectives a user could have written, named by the experiments of the tests."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

from search_spaces import Architecture
from search_spaces.cost import estimate_cost


def by_size(architecture: Architecture, seed: int) -> dict[str, float]:
    """More parameters are better, with a little noise that depends on the seed alone."""
    noise = random.Random(seed).gauss(0, 0.005)
    return {"val_accuracy": min(1.0, max(0.0, 0.3 + estimate_cost(architecture).params / 3e7 + noise))}


def exact(architecture: Architecture, _seed: int) -> dict[str, float]:
    """More parameters are better, whatever the seed."""
    return {"val_accuracy": min(1.0, 0.3 + estimate_cost(architecture).params / 3e7)}


def by_law(architecture: Architecture, seed: int) -> dict[str, float]:
    """Saturate in depth, width and resolution, with a little noise that depends on the seed alone."""
    sizes = (sum(stage.depth for stage in architecture.stages) / 16, architecture.stages[-1].width / 320)
    lack = 0.08 * sizes[0] ** -0.6 + 0.14 * sizes[1] ** -0.7 + 0.14 * (min(architecture.input_size) / 224) ** -0.8
    return {"val_accuracy": min(1.0, max(0.0, 0.95 - lack + random.Random(seed).gauss(0, 0.001)))}


def slow(architecture: Architecture, seed: int) -> dict[str, float]:
    """Take long enough to be killed in the middle."""
    time.sleep(0.05)
    return by_size(architecture, seed)


def failing(architecture: Architecture, seed: int) -> dict[str, float]:
    """Fail on half of the candidates."""
    if seed % 2:
        raise RuntimeError("CUDA out of memory.\nTried to allocate 2 GiB")
    return by_size(architecture, seed)


def mended_later(architecture: Architecture, seed: int) -> dict[str, float]:
    """Fail while something outside is broken."""
    if "BROKEN" in os.environ:
        raise RuntimeError(f"no room for {seed} on the disk")
    return by_size(architecture, seed)


def hostile(architecture: Architecture, seed: int) -> dict[str, float]:
    """Fail on half of the candidates with a message that would be a script in a page."""
    if seed % 2:
        raise RuntimeError("</script><script>document.body.dataset.hostile = 1</script><img src=x onerror=alert(1)>")
    return by_size(architecture, seed)


def in_percent(architecture: Architecture, seed: int) -> dict[str, float]:
    """Return what is not accepted: an accuracy above 1."""
    return {"val_accuracy": 100 * by_size(architecture, seed)["val_accuracy"]}


def with_latency(architecture: Architecture, seed: int) -> dict[str, float]:
    """Return a cost of its own beside the accuracy."""
    return by_size(architecture, seed) | {"latency_ms": estimate_cost(architecture).activations / 1e6}


def learning(architecture: Architecture, seed: int, report: Callable[[int, float], None]) -> dict[str, float]:
    """Tell the accuracy after each of nine steps, a tenth more of the whole every time."""
    worth = by_size(architecture, seed)["val_accuracy"]
    for step in range(1, 9):
        report(step, worth * (step + 1) / 10)
    return {"val_accuracy": worth}


def reporting_in_percent(_architecture: Architecture, _seed: int, report: Callable[[int, float], None]) -> None:
    """Report what is not accepted: an accuracy above 1."""
    report(1, 71.0)


def thousand_params(architecture: Architecture) -> float:
    """Cost a network by a measure that is none of ours."""
    return estimate_cost(architecture).params / 1e3


not_callable = 3

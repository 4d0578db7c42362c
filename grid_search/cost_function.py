"""The measures of a scaled network: counts, the clock, or a user's own function. No torch until one is called."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from functools import cache

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.task import IMAGENET, Task
from search_spaces.user_callable import import_callable

CostFunction = Callable[[Architecture], float]
COUNTED = ("flops", "params", "activations")


def cost_function(name: str, task: Task = IMAGENET) -> CostFunction:
    """Return the function behind `flops`, `params`, `activations`, `latency` (ms) or `package.module:callable`.

    Latency and a user's function are asked once for each network as long as the process lives, so that noise cannot
    give one network two costs. Raises InvalidInput where there is no such function.
    """
    if name in COUNTED:
        return lambda architecture: float(getattr(estimate_cost(architecture, *task), name))
    return _asked_once(name, task)


@cache
def _asked_once(name: str, task: Task) -> CostFunction:
    """Return a function that remembers the cost of a network by its canonical key, and checks every answer."""
    function = _uncounted(name, task)
    known: dict[str, float] = {}

    def remembered(architecture: Architecture) -> float:
        key = architecture.key
        if key not in known:
            known[key] = _checked(name, function(architecture))
        return known[key]

    return remembered


def _uncounted(name: str, task: Task) -> CostFunction:
    if name == "latency":
        return lambda architecture: _latency_ms(architecture, task)
    return import_callable(name, "cost", (*COUNTED, "latency"))


def _latency_ms(architecture: Architecture, task: Task) -> float:
    from search_spaces.measure import measure_latency

    return measure_latency(architecture, *task)


def _checked(name: str, answer: float) -> float:
    with contextlib.suppress(OverflowError):
        if math.isfinite(value := float(answer)) and value > 0:
            return value
    raise InvalidInput("cost", answer, f"a finite number above 0 from {name}")


def forget_costs() -> None:
    """Forget what was measured, as a new process does."""
    _asked_once.cache_clear()

"""What a scaled network is measured by: a count, the clock, or a user's own function. No torch until it is called."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput

CostFunction = Callable[[Architecture], float]
COUNTED = ("flops", "params", "activations")


def cost_function(name: str, num_classes: int = 1000) -> CostFunction:
    """Return the function behind `flops`, `params`, `activations`, `latency` (ms) or `package.module:callable`.

    Importing a user's module runs its code, by design; the name comes from an experiment or the command line, never
    from an architecture file. Raises InvalidInput where there is no such thing.
    """
    if name in COUNTED:
        return lambda architecture: float(getattr(estimate_cost(architecture, num_classes), name))
    if name == "latency":
        return _remembered(name, lambda architecture: _latency_ms(architecture, num_classes))
    return _remembered(name, _imported(name))


def _latency_ms(architecture: Architecture, num_classes: int) -> float:
    from search_spaces.measure import measure_latency

    return measure_latency(architecture, num_classes)


def _imported(name: str) -> CostFunction:
    module, _, attribute = name.partition(":")
    accepted = f"{', '.join(COUNTED)}, latency, or package.module:callable"
    if not module or not attribute:
        raise InvalidInput("cost", name, accepted)
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise InvalidInput("cost", name, f"{accepted} ({error})") from None
    if not callable(found):
        raise InvalidInput("cost", name, f"{accepted} ({attribute} cannot be called)")
    function: CostFunction = found
    return function


def _remembered(name: str, function: CostFunction) -> CostFunction:
    """Ask once for every network, so that noise cannot give one of them two costs, and check the answer."""
    known: dict[str, float] = {}

    def remembered(architecture: Architecture) -> float:
        if architecture.key not in known:
            value = float(function(architecture))
            if not math.isfinite(value) or value <= 0:
                raise InvalidInput("cost", value, f"a finite number above 0 from {name}")
            known[architecture.key] = value
        return known[architecture.key]

    return remembered

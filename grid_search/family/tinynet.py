"""Coefficients for shrinking, fitted to the published TinyNets. No torch."""

from __future__ import annotations

import math
from functools import lru_cache

from grid_search.compound_scaling import Coefficients, Multipliers

# "Model Rubik's Cube" (arXiv:2010.14819): multipliers of EfficientNet-B0 as its released models have them (timm,
# models/efficientnet.py, tinynet_a to tinynet_e)
TINYNETS = (
    Multipliers(depth=1.2, width=1.0, resolution=192 / 224),
    Multipliers(depth=1.1, width=0.75, resolution=188 / 224),
    Multipliers(depth=0.85, width=0.54, resolution=184 / 224),
    Multipliers(depth=0.695, width=0.54, resolution=152 / 224),
    Multipliers(depth=0.6, width=0.51, resolution=106 / 224),
)


@lru_cache
def tinynet_coefficients() -> Coefficients:
    """Return the coefficients that come nearest to the five TinyNets; phi = -1 halves the nominal cost.

    Small networks need resolution and depth more than width, the paper finds; these give up width first. Each
    exponent is the least-squares slope, through the origin, of log multiplier over log nominal cost; as both are
    linear, alpha * beta^2 * gamma^2 is 2. The fit is ours, the paper gives no closed formula.
    """
    nominal = [math.log(net.depth * net.width**2 * net.resolution**2) for net in TINYNETS]
    square = sum(cost * cost for cost in nominal)

    def coefficient(axis: str) -> float:
        logarithms = (math.log(getattr(net, axis)) for net in TINYNETS)
        slope = sum(cost * log for cost, log in zip(nominal, logarithms, strict=True)) / square
        return float(2**slope)

    return Coefficients(alpha=coefficient("depth"), beta=coefficient("width"), gamma=coefficient("resolution"))

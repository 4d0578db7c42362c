"""Dropout that rises with the size of a scaled network, as it does from EfficientNet-B0 to B7. No torch."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference

PUBLISHED = tuple(f"efficientnet-b{index}" for index in range(8))
DROPOUT_GAIN = 0.3


def ramp_dropout(architecture: Architecture, measured_ratio: float) -> Architecture:
    """Return the architecture with the dropout of its size; `measured_ratio` is its multiply-adds in baselines.

    Published (tensorflow/tpu): B0 to B7 have dropout 0.2 + 0.3 i / 7, rounded to a tenth, i being their number, and
    all the same drop path. B1 to B7 lie at no common phi, so i is read off their exact cost instead: interpolated
    over the logarithm of cost in baselines, 0 below the baseline and 7 beyond B7. The seven published ones come out
    as published. A baseline without dropout stays without, and drop path stays what it is.
    """
    if architecture.dropout == 0:
        return architecture
    gain = round(DROPOUT_GAIN * _published_index(measured_ratio) / 7, 1)
    return replace(architecture, dropout=round(min(0.9, architecture.dropout + gain), 6))


def _published_index(measured_ratio: float) -> float:
    """Return the number i that an EfficientNet of this cost would have, from 0 to 7, fractions included."""
    costs = _published_costs()
    if measured_ratio <= 1:
        return 0.0
    for index, (lower, upper) in enumerate(pairwise(costs)):
        if measured_ratio < upper:
            return index + math.log(measured_ratio / lower) / math.log(upper / lower)
    return float(len(costs) - 1)


@lru_cache
def _published_costs() -> tuple[float, ...]:
    """Return the cost of B0 to B7 in B0s, ascending."""
    flops = [estimate_cost(reference(name)).flops for name in PUBLISHED]
    return tuple(count / flops[0] for count in flops)

"""Limits on cost learned from the constraints of finished trials, for networks not tried yet. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nas.samplers.history import Observation
    from nas.samplers.predictor.features import Featurizer

Array = NDArray[np.float64]
CostLimit = tuple[Array, NDArray[np.intp]]  # the cheapest cost that broke it, by figure; the figures that may be meant


def learn_limits(costs: Array, constraints: Sequence[Mapping[str, float]]) -> list[CostLimit]:
    """Return a limit for each constraint that was broken and that cost explains.

    `costs` [trials, figures] are known without training, `constraints` name -> value, above 0 where it is broken. A
    figure may be the one that is meant if every trial that broke the constraint costs more than every trial that kept
    it.
    """
    limits = []
    for name in sorted({name for found in constraints for name in found}):
        values = np.array([found.get(name, np.nan) for found in constraints])
        broken, kept = costs[values > 0], costs[values <= 0]
        if len(broken):
            cheapest = broken.min(axis=0)
            meant = np.flatnonzero(cheapest > kept.max(axis=0, initial=0.0))
            if len(meant):
                limits.append((cheapest, meant))
    return limits


def known_limits(constrained: Sequence[Observation], features: Featurizer) -> list[CostLimit]:
    """Return the limits on cost that the constraints of finished trials tell of; none where none was broken."""
    if not any(outcome.violation > 0 for outcome in constrained):
        return []
    points = [features.point(outcome.parameters) for outcome in constrained]
    return learn_limits(features.costs(points), [outcome.constraints for outcome in constrained])


def excess(costs: Array, limits: Sequence[CostLimit]) -> Array:
    """Return by how much (as a logarithm) networks surely break a limit, [networks]; 0 where they may keep them all.

    Surely means by every figure that may be meant: what is not yet known is found out by trying.
    """
    worst = np.zeros(len(costs))
    for cheapest, meant in limits:
        over = np.log(costs[:, meant] / cheapest[meant]).min(axis=1)
        worst = np.maximum(worst, np.where(over >= 0, over + 1e-9, 0.0))
    return worst

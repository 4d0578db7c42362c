"""The scales of the predictor's kernel and the warp of the values, fitted when there is enough news. No torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import GROUPS
from nas.samplers.predictor.gaussian_process import Scales, fit_scales
from nas.samplers.predictor.warping import log_slope, warp

Array = NDArray[np.float64]
PRIOR = Scales(weights=np.full(len(GROUPS), 0.03), curvature=0.1, rough=0.1, reach=0.5, noise=0.03)
PRIOR_WIDTH = 2.0  # sd of the logarithm of a scale
FIT_STEPS = 30
ROOMS = (np.inf, 0.5)  # of the warp
REFIT_GROWTH = 1.2  # the scales are fitted anew when there are this many times as many trials
ALWAYS_REFIT = 12


def fit(features: Array, rewards: Array, groups: NDArray[np.intp], prior: Scales = PRIOR) -> tuple[Scales, float]:
    """Return the scales and the room of the warp under which the rewards are most probable."""
    best: tuple[float, Scales, float] | None = None
    for room in ROOMS:
        scales, density = fit_scales(features, warp(rewards, room), groups, prior, width=PRIOR_WIDTH, steps=FIT_STEPS)
        density += log_slope(rewards, room)
        if best is None or density > best[0]:
            best = density, scales, room
    assert best is not None
    return best[1:]


def fit_size(count: int) -> int:
    """Return how many of `count` trials the scales are fitted to: all while they are few, then in growing steps."""
    size = min(count, ALWAYS_REFIT)
    while (larger := int(np.ceil(size * REFIT_GROWTH))) <= count and size >= ALWAYS_REFIT:
        size = larger
    return size

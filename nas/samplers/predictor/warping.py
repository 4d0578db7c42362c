"""Rewards of networks crowd below a ceiling: a transformation that can spread them out. No torch.

Accuracy saturates and a few networks are very bad, so that rewards are often skewed to the left. Whether a model of the
warped or of the plain values explains a study better is for its marginal likelihood to say
(`nas.samplers.predictor.sampler`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIRST = 6  # values that stand for the space at large, before the search closes in


def warp(values: Array, room: float) -> Array:
    """Return -log(ceiling - value), increasing in the values, or the values themselves where `room` is infinite.

    The ceiling stands `room` units above the best value; a unit is the distance from there to the median of the first
    few values. Scale and shift of the values make no difference.
    """
    if np.isinf(room):
        return values
    return np.asarray(-np.log((values.max() - values) / _unit(values) + room))


def unwarp(warped: Array, values: Array, room: float) -> Array:
    """Return the values that `warp` of `values` brings to `warped`: its inverse.

    >>> values = np.array([0.1, 0.5, 0.9])
    >>> np.allclose(unwarp(warp(values, 0.5), values, 0.5), values)
    True
    """
    if np.isinf(room):
        return warped
    return np.asarray(values.max() - _unit(values) * (np.exp(-warped) - room))


def log_slope(values: Array, room: float) -> float:
    """Return the sum of the logarithms of the warp's slope at the values: what a likelihood of warped values lacks."""
    if np.isinf(room):
        return 0.0
    return -float(np.log(values.max() - values + room * _unit(values)).sum())


def _unit(values: Array) -> float:
    return float(values.max() - np.median(values[:FIRST])) or float(np.ptp(values)) or 1.0

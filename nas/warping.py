"""Rewards of networks crowd below a ceiling: a transformation that spreads them out before they are modelled. No torch.

Accuracy saturates and a few networks are very bad, so that rewards are skewed to the left on every task we know. A
model of the raw values spends itself on the bad ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ROOM = 0.3  # from the best value to the ceiling, in units of the distance from the median to the 90 % quantile


def warp(values: Array) -> Array:
    """Return -log(ceiling - value), an increasing function of the values, the ceiling a little above the best of them.

    Equal values stay equal; scale and shift of the values make no difference.
    """
    unit = float(np.quantile(values, 0.9) - np.quantile(values, 0.5)) or float(np.ptp(values)) or 1.0
    return np.asarray(-np.log((values.max() - values) / unit + ROOM))

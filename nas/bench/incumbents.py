"""One search of a benchmark: how good the best network so far was after every evaluation. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CHECKPOINTS = (20, 50, 100, 300)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """One search: the score of its incumbent after every evaluation, [evaluations], and what a proposal took.

    `observed` follows the best observed reward, as for every sampler; `expected` the greatest posterior mean of the
    predictor's model at the checkpoints, evaluations -> score, empty for samplers without a model.
    """

    sampler: str
    seed: int
    observed: Array
    expected: Mapping[int, float]
    seconds_per_proposal: float

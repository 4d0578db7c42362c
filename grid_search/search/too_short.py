"""Whether a training is too short to see scaling, so that bigger is not better, and how long would do. No torch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grid_search.search.candidates import BASELINE
from grid_search.search.decision import Decision

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
BIGGER = 1.25  # baselines
FEWEST_EPOCHS = 4  # of a curve that a slope is taken from
FARTHEST = 16.0  # times the epochs: what lies beyond cannot be foretold from this curve


def too_short(decision: Decision, trials: pd.DataFrame) -> str | None:
    """Say that a training is too short to see scaling, where at least half of the bigger networks are not better.

    `trials` are those of `candidate_table`: the accuracies after each epoch tell how long would do, as far as they do.
    None where bigger networks are better, or the baseline was not trained.
    """
    networks = decision.networks
    baseline = networks[networks["role"] == BASELINE]
    bigger = networks[(networks["role"] != BASELINE) & (networks["ratio"] > BIGGER)]
    if baseline.empty or bigger.empty:
        return None
    behind = int((bigger["accuracy"] <= baseline["accuracy"].iloc[0]).sum())
    if 2 * behind < len(bigger):
        return None
    which = f"{behind} of {len(bigger)} networks of more than {BIGGER:g}x the cost are no better than the baseline"
    return f"{which}: this training is too short to see scaling. {how_long(curve_gap(trials))}"


def how_long(gap: Array) -> str:
    """Say how many epochs would bring bigger networks level with the baseline.

    `gap` [epochs] is how far they are ahead after each epoch, in shares of accuracy. Its slope over the logarithm of
    the epochs, in the second half of them, is followed on.

    >>> how_long(np.array([-0.4, -0.3, -0.25, -0.2]))[:65]
    'By their curves, about 3.2 times as many epochs (13 instead of 4)'
    """
    epochs = len(gap)
    if epochs < FEWEST_EPOCHS:
        return (
            f"How long would do cannot be told from {epochs or 'no'} recorded epochs (at least {FEWEST_EPOCHS} are "
            "needed): double training.epochs until bigger networks are better."
        )
    half = np.arange(epochs // 2, epochs)
    slope = float(np.polyfit(np.log(half + 1.0), gap[half], 1)[0])
    factor = math.exp(min(-gap[-1] / slope, 50.0)) if slope > 0 else math.inf
    if gap[-1] >= 0:
        return "By their mean curve they have just drawn level: twice as many epochs are a safe start."
    if factor > FARTHEST:
        return (
            f"In {epochs} epochs they do not come nearer to it fast enough to tell how long would do: more than "
            f"{FARTHEST:g} times as many, or bigger is not better on these images."
        )
    return (
        f"By their curves, about {factor:.1f} times as many epochs ({math.ceil(factor * epochs - 1e-9)} instead of "
        f"{epochs}) would bring them level: a guess, not a measurement."
    )


def curve_gap(trials: pd.DataFrame) -> Array:
    """Return how far bigger networks are ahead of the baseline after each epoch, on average [epochs].

    Only trainings in full count; empty where accuracies after epochs were not recorded for both.
    """
    if "curve" not in trials:
        return np.zeros(0)
    full = trials[(trials["state"] == "complete") & trials["epochs"].isna() & trials["curve"].notna()]
    own = _mean_curve(full[full["role"] == BASELINE])
    others = _mean_curve(full[(full["role"] != BASELINE) & (full["ratio"] > BIGGER)])
    epochs = min(len(own), len(others))
    return others[:epochs] - own[:epochs]


def _mean_curve(trials: pd.DataFrame) -> Array:
    """Return the mean accuracy after each epoch, as far as all of the trainings go, [epochs]."""
    curves = [np.array(str(curve).split(), dtype=np.float64) for curve in trials["curve"]]
    epochs = min(map(len, curves), default=0)
    return np.mean([curve[:epochs] for curve in curves], axis=0) if epochs else np.zeros(0)

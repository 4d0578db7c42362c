"""What a scaling search bought: its best against the baseline and against each single axis, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grid_search.search.candidates import BASELINE, CONTROL_ROLES
from grid_search.search.decision import CONFIDENCE, Decision, pooled_noise

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, slots=True)
class Advantage:
    """The best network's accuracy above a rival's, in points, and its interval; None where nothing was repeated."""

    rival: str
    points: float
    interval: tuple[float, float] | None

    @property
    def shown(self) -> bool:
        """Whether it is more than noise."""
        return self.interval is not None and self.interval[0] > 0

    def __str__(self) -> str:
        told = "" if self.interval is None else f" ({self.interval[0]:+.2f} to {self.interval[1]:+.2f})"
        return f"{self.points:+.2f}{told} against {self.rival}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One sentence on what the search bought. `bought` is False where the best is not better than the baseline."""

    bought: bool
    sentence: str


def judge(decision: Decision) -> Verdict:
    """Say whether the best is better than the baseline and than each axis alone, and how sure that is."""
    against = advantages(decision)
    figures = f"points of accuracy at {decision.best['ratio']:.2f}x the cost: {', '.join(map(str, against))}"
    baseline = [one for one in against if one.rival == BASELINE]
    axes = [one for one in against if one.rival != BASELINE]
    if decision.noise is None:
        bought = all(one.points > 0 for one in baseline)
        return Verdict(bought=bought, sentence=f"{_unrepeated(bought)}; {figures}")
    if not all(one.shown for one in baseline):
        cause = "nothing that this training can show: a longer one, or more repeats, may"
        return Verdict(bought=False, sentence=f"{cause}; {figures}")
    if not all(one.shown for one in axes):
        return Verdict(bought=True, sentence=f"more than the baseline, but no more than an axis alone; {figures}")
    return Verdict(bought=True, sentence=f"more than the baseline and than every axis alone; {figures}")


def advantages(decision: Decision) -> list[Advantage]:
    """Return the best network's advantage over the baseline and over each single axis that was trained."""
    networks = decision.networks
    rivals = networks[networks["role"].isin([BASELINE, *CONTROL_ROLES.values()])]
    return [_advantage(decision, row) for _, row in rivals.iterrows()]


def _advantage(decision: Decision, rival: pd.Series) -> Advantage:
    points = 100 * float(decision.best["accuracy"] - rival["accuracy"])
    margin = _margin(decision, rival)
    interval = None if margin is None else (points - margin, points + margin)
    return Advantage(rival=str(rival["role"]), points=points, interval=interval)


def _margin(decision: Decision, rival: pd.Series) -> float | None:
    """Return half the width of the interval of a difference, in points (two-sided t, pooled noise)."""
    from scipy.stats import t

    noise, freedom = pooled_noise(decision.networks)
    if noise is None:
        return None
    error = noise * math.sqrt(1 / rival["seeds"] + 1 / decision.best["seeds"])
    return float(100 * t.ppf((1 + CONFIDENCE) / 2, freedom) * error)


def _unrepeated(bought: bool) -> str:
    unsure = "one seed each, so no interval (scale.repeats: 3)"
    return f"perhaps something: {unsure}" if bought else f"nothing: the baseline is as good; {unsure}"

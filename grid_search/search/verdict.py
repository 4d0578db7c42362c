"""What a scaling search bought: its best against the baseline and against each single axis, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

from grid_search.search.candidates import BASELINE, CONTROL_ROLES
from grid_search.search.decision import Decision, margins, only_axis, pooled_noise


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
    if (axis := only_axis(decision.best)) is not None:
        return Verdict(bought=True, sentence=f"more than the baseline, with {axis} scaled alone; {figures}")
    if not all(one.shown for one in axes):
        return Verdict(bought=True, sentence=f"more than the baseline, but no more than an axis alone; {figures}")
    return Verdict(bought=True, sentence=f"more than the baseline and than every axis alone; {figures}")


def advantages(decision: Decision) -> list[Advantage]:
    """Return the best network's advantage over the baseline and over each single axis that was trained."""
    networks, best = decision.networks, decision.best
    rivals = networks[networks["role"].isin([BASELINE, *CONTROL_ROLES.values()])]
    noise, freedom = pooled_noise(networks)
    points = 100 * (best["accuracy"] - rivals["accuracy"])
    if noise is None:
        return [
            Advantage(rival=role, points=one, interval=None) for role, one in zip(rivals["role"], points, strict=True)
        ]
    widths = 100 * margins(rivals, best, noise, freedom)
    return [
        Advantage(rival=role, points=one, interval=(one - width, one + width))
        for role, one, width in zip(rivals["role"], points, widths, strict=True)
    ]


def _unrepeated(bought: bool) -> str:
    unsure = "one seed each, so no interval (scale.repeats: 3)"
    return f"perhaps something: {unsure}" if bought else f"nothing: the baseline is as good; {unsure}"

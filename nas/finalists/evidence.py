"""How far the evidence of a search goes: noise, how well the search ranks, and the published networks. No torch."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.finalists.figures import JUDGES
from nas.finalists.ranking import Beside, Comparison, Finalist, Ranking, compared
from nas.qa.rank_correlation import FEWEST_FOR_INTERVAL, Estimate, agreements
from trials.check.findings import counted

POINTS = 100  # of a share


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What trainings alone say of a search.

    `noise` is the sd of an accuracy between seeds (NaN where nothing was trained twice), of `trained` networks. `tau`
    is Kendall's between the search's own value and the mean reward of the trainings, over `ranked` networks.
    `comparisons` are accuracies of the first finalist less those of published networks, None where one failed.
    """

    first: Finalist
    noise: float
    trained: int
    tau: Estimate
    ranked: int
    comparisons: tuple[tuple[Beside, Comparison | None], ...]


def evidence_of(ranking: Ranking) -> Evidence:
    """Return the evidence of trained finalists, the networks trained beside them included."""
    both = [one for one in ranking.trained if math.isfinite(one.searched)]
    searched = np.array([one.searched for one in both], dtype=np.float64)
    alone = np.array([statistics.fmean(one.rewards) for one in both], dtype=np.float64)
    unknown = Estimate(value=math.nan, low=math.nan, high=math.nan)
    first = ranking.order[0]
    noise, freedom = ranking.noise_of_accuracies
    return Evidence(
        first=first,
        noise=noise,
        trained=len(ranking.trained),
        tau=agreements(alone, {"search": searched})[0]["search"] if both else unknown,
        ranked=len(both),
        comparisons=tuple(
            (other, compared(first.accuracies, other.accuracies, noise, freedom))
            for other in ranking.references
            if other.architecture.key != first.architecture.key
        ),
    )


def evidence_sentences(evidence: Evidence, objective: str) -> list[str]:
    """Say the noise, how well the search ranks, each comparison with a published network, and what follows."""
    if not evidence.first.accuracies:
        return []
    judge = JUDGES.get(objective, "the search")
    against = [_comparison(evidence.first, other, found) for other, found in evidence.comparisons]
    return [_noise(evidence), _rank(evidence, judge), *against, _conclusion(evidence)]


def evidence_figures(evidence: Evidence) -> dict[str, Any]:
    """Return the evidence as figures for a file; None for what is not known."""
    return {
        "noise": _known(evidence.noise),
        "trained": evidence.trained,
        "tau": {name: _known(getattr(evidence.tau, name)) for name in ("value", "low", "high")},
        "ranked": evidence.ranked,
        "against": [_figures(other, found) for other, found in evidence.comparisons],
    }


def _figures(other: Beside, found: Comparison | None) -> dict[str, Any]:
    return {
        "name": other.name,
        "seeds": len(other.accuracies),
        "val_accuracy": statistics.fmean(other.accuracies) if other.accuracies else None,
        "difference": None if found is None else found.mean,
        "margin": None if found is None else _known(found.margin),
    }


def _noise(evidence: Evidence) -> str:
    if math.isnan(evidence.noise):
        return "noise between seeds is not known: no network was trained twice"
    return (
        f"two trainings of one network differ by chance: sd {POINTS * evidence.noise:.2f} points of accuracy between "
        f"seeds ({evidence.trained} networks)"
    )


def _rank(evidence: Evidence, judge: str) -> str:
    tau, count = evidence.tau, evidence.ranked
    if math.isnan(tau.value):
        return f"how well {judge} ranks is not known: {counted(count, 'network')} trained alone are too few"
    told = f"{judge} and the trainings alone rank {count} networks with Kendall's tau {tau.value:+.2f}"
    if math.isnan(tau.low):
        return f"{told}: too few to say anything (an interval needs {FEWEST_FOR_INTERVAL})"
    interval = f"{told}, 95 % interval {tau.low:+.2f} to {tau.high:+.2f}"
    return interval if tau.low > 0 or tau.high < 0 else f"{interval}: it may be chance"


def _comparison(first: Finalist, other: Beside, found: Comparison | None) -> str:
    if found is None:
        return f"{other.name} could not be trained alone, so nothing is said of it"
    both = (
        f"trained alone, trial {first.trial} has accuracy {statistics.fmean(first.accuracies):.4f} and {other.name} "
        f"{statistics.fmean(other.accuracies):.4f} ({len(first.accuracies)} and {len(other.accuracies)} seeds)"
    )
    if math.isinf(found.margin):
        return f"{both}: without a second seed nothing tells them apart"
    if not found.is_clear:
        return f"{both}: within the noise, which is up to {POINTS * found.margin:.1f} points here"
    low, high = (POINTS * (found.mean + side * found.margin) for side in (-1, 1))
    kind = "better" if found.mean > 0 else "worse"
    return f"{both}: {kind}, by {POINTS * found.mean:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f}"


def _conclusion(evidence: Evidence) -> str:
    """Return the one plain sentence on what was found beside what is published."""
    better = [other.name for other, found in evidence.comparisons if found and found.is_clear and found.mean > 0]
    worse = [other.name for other, found in evidence.comparisons if found and found.is_clear and found.mean < 0]
    open_ = [other.name for other, found in evidence.comparisons if not (found and found.is_clear)]
    if not evidence.comparisons:
        return "in short: no published network was trained beside it, so it is the best of its own search alone"
    told = [
        *([f"better than {', '.join(better)}"] if better else []),
        *([f"worse than {', '.join(worse)}"] if worse else []),
        *([f"not told apart from {', '.join(open_)}"] if open_ else []),
    ]
    return f"in short: trained as candidates are, what was found is {' and '.join(told)}"


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

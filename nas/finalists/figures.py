"""The finalists as figures for files, and in words for the last screen. No torch."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

from nas.finalists.ranking import Finalist, Ranking

JUDGES = {"shared": "the shared weights", "zero-cost": "the scores of untrained networks"}


def figure_of(ranking: Ranking, finalist: Finalist) -> dict[str, Any]:
    """Return what is known of one finalist: its means over seeds (None where no training ended well) and its place."""
    return {
        "trial": finalist.trial,
        "place": ranking.order.index(finalist) + 1,
        "finalists": len(ranking.order),
        "seeds": len(finalist.rewards),
        "reward": _mean(finalist.rewards),
        "val_accuracy": _mean(finalist.accuracies),
        "separated_from": [other.trial for other in ranking.beaten_by(finalist)],
    }


def figures_of(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the figures of all finalists, best first."""
    return [figure_of(ranking, finalist) for finalist in ranking.order]


def sentences(ranking: Ranking, objective: str) -> list[str]:
    """Say what decided: which places are those of the trainings, and which those of the search."""
    judge = JUDGES.get(objective, "the search")
    first, others = ranking.order[0], len(ranking.order) - 1
    if not ranking.leader.rewards:
        return [f"no finalist could be trained alone: their order is that of {judge}"]
    if not others:
        return [f"trial {first.trial} is the only finalist"]
    apart = len(ranking.beaten_by(first))
    lines = [f"trial {first.trial} is first of {others + 1} finalists: {_decided(ranking, apart, others, judge)}"]
    if ranking.leader is not first:
        ahead = ranking.leader.mean - first.mean
        lines.append(
            f"trial {ranking.leader.trial} was ahead of it by {ahead:.4f} when trained alone, within the noise"
        )
    return lines


def _decided(ranking: Ranking, apart: int, others: int, judge: str) -> str:
    noise = "" if math.isnan(ranking.noise) else f" (95 % intervals; sd between seeds {ranking.noise:.4f})"
    if apart == others:
        return f"trained alone it is better than all others{noise}"
    if not apart:
        return f"the trainings alone cannot tell it from the others{noise}, so {judge} decided"
    return f"trained alone it is better than {apart} of the others{noise}; about the rest {judge} decided"


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None

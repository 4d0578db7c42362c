"""Whether the baseline is out of balance: a network that shrinks one axis and is certainly better than the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grid_search.law.path import Loss, losses
from grid_search.law.posterior import Law
from grid_search.law_search.pool import Array, Pool

ABOVE = 1e-9  # of a logarithm


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Reshaped:
    """A network with less than the baseline's depth, width or resolution, at no more than the target's cost.

    `sizes` [3] are logarithms of its real depth, width and resolution in baselines; `ratio` what it costs in them;
    `gain` by how much it is better than the answer, which never shrinks an axis, in the unit of the law's accuracies.
    """

    sizes: Array
    ratio: float
    gain: Loss


def reshaped(law: Law, pool: Pool, answer: Array) -> Reshaped | None:
    """Return the best network of the pool that shrinks an axis, where it certainly beats `answer` [axes]."""
    places = np.flatnonzero((pool.shapes.min(axis=1) < -ABOVE) & (pool.ratios <= pool.config.target + ABOVE))
    if not len(places):
        return None
    best = int(places[np.argmax(law.draw(pool.shapes[places]).mean(axis=0))])
    gain = losses(law, pool.shapes[best], {"answer": answer})["answer"]
    return Reshaped(sizes=pool.sizes[best], ratio=float(pool.ratios[best]), gain=gain) if gain.certain else None

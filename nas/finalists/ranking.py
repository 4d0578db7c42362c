"""The order of the finalists: by their trainings where these tell them apart, else by the search. No torch."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_spaces.architecture import Architecture
from trials.statistics import margin_of_difference, pooled_sd


@dataclass(frozen=True, kw_only=True, slots=True)
class Finalist:
    """A network of a search (its `trial`), the reward there, and rewards and accuracies of its trainings alone."""

    trial: int
    architecture: Architecture
    searched: float
    rewards: tuple[float, ...] = ()
    accuracies: tuple[float, ...] = ()

    @property
    def mean(self) -> float:
        """The mean reward of its trainings; minus infinity where none ended well."""
        return statistics.fmean(self.rewards) if self.rewards else -math.inf


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Finalists, best first, and the noise between the seeds of a training: `noise` (sd of rewards, NaN without)."""

    order: tuple[Finalist, ...]
    noise: float
    freedom: int

    def beats(self, first: Finalist, second: Finalist) -> bool:
        """Tell whether the 95 % interval of the difference of two means lies above zero (t, pooled noise).

        A network whose trainings all failed is beaten by every other.
        """
        if not (first.rewards and second.rewards):
            return bool(first.rewards) and not second.rewards
        margin = margin_of_difference(self.noise, self.freedom, len(first.rewards), len(second.rewards))
        return first.mean - second.mean > margin

    def beaten_by(self, finalist: Finalist) -> list[Finalist]:
        """Return those that a finalist beats."""
        return [other for other in self.order if self.beats(finalist, other)]

    @property
    def leader(self) -> Finalist:
        """The finalist with the highest mean reward, the earlier one of equals."""
        return max(self.order, key=lambda one: one.mean)

    @property
    def is_settled(self) -> bool:
        """Whether the leader of the trainings beats all others, so that further seeds would not change the winner."""
        return len(self.beaten_by(self.leader)) == len(self.order) - 1


def ranked(finalists: Sequence[Finalist]) -> Ranking:
    """Order finalists: whoever beats another stands before it; among the rest the reward of the search decides.

    A training alone is short and ranks badly what it cannot tell apart, where shared weights rank well; so a place is
    decided by it only where a difference is beyond the noise. Of those that none of the others left beats, the best
    of the search comes next.
    """
    noise, freedom = _noise(finalists)
    unordered = sorted(finalists, key=lambda one: (-one.searched, one.trial))
    pairs = Ranking(order=tuple(unordered), noise=noise, freedom=freedom)
    order = []
    while unordered:  # who beats has the higher mean, so there is always one that is not beaten
        order.append(next(one for one in unordered if not any(pairs.beats(other, one) for other in unordered)))
        unordered.remove(order[-1])
    return Ranking(order=tuple(order), noise=noise, freedom=freedom)


def _noise(finalists: Sequence[Finalist]) -> tuple[float, int]:
    counts = np.array([len(one.rewards) for one in finalists], dtype=np.float64)
    repeated = [statistics.variance(one.rewards) if len(one.rewards) > 1 else math.nan for one in finalists]
    return pooled_sd(counts, np.array(repeated, dtype=np.float64))

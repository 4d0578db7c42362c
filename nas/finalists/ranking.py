"""The order of the finalists: by their trainings where these tell them apart, else by the search. No torch.

Published networks are trained beside them, for the noise and to be compared with; they have no place.
"""

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
class Beside:
    """A published network that is trained as finalists are; `searched` is the search's own value, NaN without one."""

    name: str
    architecture: Architecture
    searched: float = math.nan
    rewards: tuple[float, ...] = ()
    accuracies: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Finalists, best first, and the noise between the seeds of a training: `noise` (sd of rewards, NaN without)."""

    order: tuple[Finalist, ...]
    noise: float
    freedom: int
    references: tuple[Beside, ...] = ()

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
    def trained(self) -> list[Finalist | Beside]:
        """All networks of which a training ended well."""
        networks: tuple[Finalist | Beside, ...] = (*self.order, *self.references)
        return [one for one in networks if one.rewards]

    @property
    def leader(self) -> Finalist:
        """The finalist with the highest mean reward, the earlier one of equals."""
        return max(self.order, key=lambda one: one.mean)

    @property
    def is_settled(self) -> bool:
        """Whether the leader of the trainings beats all others, so that further seeds would not change the winner.

        It has to be told apart from the published networks too, whichever is the better one.
        """
        apart = all(self.differs(self.leader, other) for other in self.references if other.rewards)
        return apart and len(self.beaten_by(self.leader)) == len(self.order) - 1

    def differs(self, finalist: Finalist, other: Beside) -> bool:
        """Tell whether the accuracies of a finalist and a published network differ beyond noise."""
        found = compared(finalist.accuracies, other.accuracies, *self.noise_of_accuracies)
        return found is not None and found.is_clear

    @property
    def noise_of_accuracies(self) -> tuple[float, int]:
        """The sd between the seeds of a training, of accuracies, and its degrees of freedom; NaN and 0 without."""
        return pooled_noise([one.accuracies for one in self.trained])


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The mean of one network less that of another, and half the width of its 95 % interval (infinite: not known)."""

    mean: float
    margin: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return abs(self.mean) > self.margin


def compared(first: Sequence[float], second: Sequence[float], noise: float, freedom: int) -> Comparison | None:
    """Compare two networks' values over seeds; None where one of them has none."""
    if not (first and second):
        return None
    margin = margin_of_difference(noise, freedom, len(first), len(second))
    return Comparison(mean=statistics.fmean(first) - statistics.fmean(second), margin=margin)


def ranked(finalists: Sequence[Finalist], references: Sequence[Beside] = ()) -> Ranking:
    """Order finalists: whoever beats another stands before it; among the rest the reward of the search decides.

    A training alone is short and ranks badly what it cannot tell apart, where shared weights rank well; so a place is
    decided by it only where a difference is beyond the noise. Of those that none of the others left beats, the best
    of the search comes next.
    """
    noise, freedom = pooled_noise([*(one.rewards for one in finalists), *(other.rewards for other in references)])
    unordered = sorted(finalists, key=lambda one: (-one.searched, one.trial))
    pairs = Ranking(order=tuple(unordered), noise=noise, freedom=freedom)
    order = []
    while unordered:  # who beats has the higher mean, so there is always one that is not beaten
        order.append(next(one for one in unordered if not any(pairs.beats(other, one) for other in unordered)))
        unordered.remove(order[-1])
    return Ranking(order=tuple(order), noise=noise, freedom=freedom, references=tuple(references))


def pooled_noise(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the sd within groups, pooled, and its degrees of freedom; NaN and 0 where no group has two values."""
    counts = np.array([len(values) for values in groups], dtype=np.float64)
    variances = [statistics.variance(values) if len(values) > 1 else math.nan for values in groups]
    return pooled_sd(counts, np.array(variances, dtype=np.float64))

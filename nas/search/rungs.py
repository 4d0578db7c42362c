"""Trainings stopped early where two things are wanted at once: a rung rule within bands of cost. No torch.

Asynchronous successive halving (arXiv:1810.05934) would compare every network with every other, and accuracy grows with
cost: the cheap end of the front would be stopped first. Here a network is compared with those that cost about the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trials.study.attributes import RUNGS, network_of
from trials.study.candidate import Candidate

if TYPE_CHECKING:
    import optuna

REDUCTION = 3  # of three trainings that reach a rung, one goes on (arXiv:1603.06560, section 3)
OCTAVES = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class RungRule:
    """Of the trials of a band that reached an epoch reduction^k, the best 1/reduction go on from there.

    The band of a trial is `octaves` wide on the scale of log2 `cost` and lies around its own cost, which is exact and
    known before training. Quantiles of the finished trials would move while the search moves towards its front, and a
    trial near a fixed edge would be judged by networks nearly all cheaper or all more expensive than it is.

    All that is compared stands in the trials' user attributes, so a run that was stopped goes on as it would have.
    """

    cost: str = "flops"
    reduction: int = REDUCTION
    octaves: float = OCTAVES

    def __call__(self, trial: optuna.Trial, candidate: Candidate, epoch: int, accuracy: float) -> bool:
        """Record an accuracy where `epoch` is a rung, and tell whether the trial ends there."""
        if not self.is_rung(epoch):
            return False
        reached = {**trial.user_attrs.get(RUNGS, {}), str(epoch): accuracy}
        trial.set_user_attr(RUNGS, reached)
        others = list(self._others(trial, getattr(candidate.cost, self.cost), str(epoch)))
        kept = max(1, (len(others) + 1) // self.reduction)
        return sum(other >= accuracy for other in others) >= kept

    def is_rung(self, epoch: int) -> bool:
        """Tell whether an epoch is a power of `reduction`: 1, 3, 9, ...

        >>> [epoch for epoch in range(30) if RungRule().is_rung(epoch)]
        [1, 3, 9, 27]
        """
        while epoch > 1 and epoch % self.reduction == 0:
            epoch //= self.reduction
        return epoch == 1

    def _others(self, trial: optuna.Trial, cost: float, rung: str) -> Iterator[float]:
        """Yield the accuracies at a rung of the other trials whose cost is in the band around `cost`."""
        for other in trial.study.get_trials(deepcopy=False):
            accuracy = other.user_attrs.get(RUNGS, {}).get(rung)
            if accuracy is None or other.number == trial.number:
                continue
            if abs(math.log2(network_of(other)[self.cost] / cost)) <= self.octaves / 2:
                yield accuracy

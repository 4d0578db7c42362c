"""The best shapes over a range of costs, what other rules lose against them, and whether one rule fits all costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid_search.law.answer import CREDIBILITY, Answer, answer
from grid_search.law.costs import CostModel, shapes_at_cost
from grid_search.law.posterior import Law

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """How much less accurate a shape is than the answer: mean over the draws and 90 % interval, in the law's unit."""

    mean: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether it is above 0 with at least 95 % probability."""
        return self.low > 0


def losses(law: Law, best: Array, others: Mapping[str, Array]) -> dict[str, Loss]:
    """Return what each of the other shapes [axes] loses against `best` [axes]."""
    names = list(others)
    values = law.draw(np.stack([best, *(others[name] for name in names)]))
    lost = values[:, [0]] - values[:, 1:]
    tails = ((1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2)
    low, high = np.quantile(lost, tails, axis=0)
    return {
        name: Loss(mean=float(lost[:, place].mean()), low=float(low[place]), high=float(high[place]))
        for place, name in enumerate(names)
    }


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Path:
    """The best shape at each of several costs, ascending, and what one set of coefficients for all loses there.

    `constant` are the shapes [costs, axes] in the direction of the answer at `target`; `losses` what they lose.
    """

    target: float
    answers: tuple[Answer, ...]
    constant: Array
    losses: tuple[Loss, ...]

    @property
    def bends(self) -> bool:
        """Whether constant coefficients certainly lose accuracy at one of the costs."""
        return any(loss.certain for loss in self.losses)


def best_path(law: Law, costs: CostModel, ratios: tuple[float, ...], target: float) -> Path:
    """Return the best shapes at `ratios` (costs in baselines), and those of the constant direction of `target`."""
    direction = answer(law, costs, target).shape * costs.linear
    shares = np.abs(direction) / np.abs(direction).sum()
    answers = tuple(answer(law, costs, ratio) for ratio in ratios)
    constant = np.concatenate([shapes_at_cost(costs, shares[None], ratio) for ratio in ratios])
    lost = tuple(losses(law, one.shape, {"": shape})[""] for one, shape in zip(answers, constant, strict=True))
    return Path(target=target, answers=answers, constant=constant, losses=lost)

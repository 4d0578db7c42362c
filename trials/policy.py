"""A policy over the options of a space that learns from rewards: independent logits taught by REINFORCE. No torch.

"Can weight sharing outperform random architecture search? An investigation with TuNAS", Bender et al. 2020,
arXiv:2008.06120.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Options = NDArray[np.int64]  # [N, choices]: per network, the index of the option of every choice

BASELINE_MOMENTUM = 0.95
SECOND_MOMENT, EPSILON = 0.999, 1e-8  # Adam's; its first moment is off (beta1 = 0)
WARM_UP = 0.25  # share of a search in which the policy is left alone


def pick(probabilities: Floats, uniforms: Floats) -> Options:
    """Return the options [N, choices] that numbers in [0, 1) pick by the inverse of the distribution.

    `probabilities` are [choices, options], 0 where a choice has fewer options.

    >>> pick(np.array([[0.5, 0.5], [0.9, 0.1]]), np.array([[0.7, 0.7]])).tolist()
    [[1, 0]]
    """
    cumulative = probabilities.cumsum(axis=1)
    options: Options = (uniforms[:, :, None] >= cumulative / cumulative[:, -1:]).sum(axis=2)
    return options


class IndependentLogits:
    """One categorical distribution per choice, knowing nothing of the others."""

    def __init__(self, sizes: Sequence[int], *, learning_rate: float, warm_up_trials: int = 0) -> None:
        real = np.arange(max(sizes)) < np.array(sizes)[:, None]
        self.logits = np.where(real, 0.0, -np.inf)  # [choices, options], padded
        self._learning_rate = learning_rate
        self._warm_up_trials = warm_up_trials
        self._learned = 0
        self._baseline = 0.0
        self._second_moment = np.zeros_like(self.logits)

    def probabilities(self) -> Floats:
        """Return [choices, options], 0 where a choice has fewer options."""
        weights: Floats = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return weights

    def draw(self, uniforms: Floats) -> Options:
        """Return the options [N, choices] that numbers in [0, 1) pick by the inverse of the distribution."""
        return pick(self.probabilities(), uniforms)

    def learn(self, options: Options, rewards: Floats) -> None:
        """Take one step of REINFORCE for every network in turn."""
        for picked, reward in zip(options, rewards, strict=True):
            self._step(picked, float(reward))

    @property
    def expected(self) -> float:
        """The moving average of the rewards, 0 before the first."""
        return self._baseline

    def entropy(self) -> float:
        """Return how undecided it is: 1 where all options are equally likely, 0 where each choice is made."""
        probabilities = self.probabilities()
        logarithms = np.log(probabilities, where=probabilities > 0, out=np.zeros_like(probabilities))
        largest = np.log(np.isfinite(self.logits).sum(axis=1)).sum()
        return float(-(probabilities * logarithms).sum() / largest) if largest else 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return all that it has learned as plain values, exact."""
        return {
            "logits": self.logits.tolist(),
            "second_moment": self._second_moment.tolist(),
            "baseline": self._baseline,
            "learned": self._learned,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from such values. Raises KeyError, TypeError or ValueError for others."""
        logits, second_moment = (np.array(state[name], dtype=np.float64) for name in ("logits", "second_moment"))
        if logits.shape != self.logits.shape or second_moment.shape != self.logits.shape:
            raise ValueError(f"a policy of {logits.shape} options, not {self.logits.shape}")
        self.logits, self._second_moment = logits, second_moment
        self._baseline, self._learned = float(state["baseline"]), int(state["learned"])

    def _step(self, picked: Options, reward: float) -> None:
        self._baseline = reward if not self._learned else self._baseline
        advantage = reward - self._baseline
        self._baseline += (1 - BASELINE_MOMENTUM) * advantage
        self._learned += 1
        steps = self._learned - self._warm_up_trials
        if steps < 1:
            return
        gradient = -self.probabilities()
        gradient[np.arange(len(picked)), picked] += 1
        gradient *= advantage
        self._second_moment += (1 - SECOND_MOMENT) * (gradient**2 - self._second_moment)
        scale = np.sqrt(self._second_moment / (1 - SECOND_MOMENT**steps)) + EPSILON
        self.logits += self._learning_rate * gradient / scale

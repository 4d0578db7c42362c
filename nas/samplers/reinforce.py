"""REINFORCE with independent logits, the search of TuNAS. No torch.

"Can weight sharing outperform random architecture search? An investigation with TuNAS", Bender et al. 2020,
arXiv:2008.06120.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nas.samplers.policy_search import Floats, Options, PolicySampler
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace

BASELINE_MOMENTUM = 0.95
SECOND_MOMENT, EPSILON = 0.999, 1e-8  # Adam's; its first moment is off (beta1 = 0)
WARM_UP = 0.25


class Reinforce(PolicySampler):
    """Raise the logits of options that did better than the moving average, one trial after the other.

    TuNAS leaves its policy alone for the first quarter of a run, in which the weights that its candidates share are
    trained. Candidates trained on their own have no such weights: with `planned_trials` None it learns from the
    start, with a number that quarter only feeds the average.
    """

    def __init__(
        self, *, space: SearchSpace, seed: int, learning_rate: float = 0.1, planned_trials: int | None = None
    ) -> None:
        if not learning_rate > 0:
            raise InvalidInput("learning_rate", learning_rate, "a number above 0")
        if planned_trials is not None and planned_trials < 1:
            raise InvalidInput("planned_trials", planned_trials, "an integer of at least 1, or None")
        self.learning_rate = learning_rate
        self.warm_up_trials = int(WARM_UP * (planned_trials or 0))
        super().__init__(space=space, seed=seed, batch_size=1)

    def make(self) -> IndependentLogits:
        """Return uniform logits."""
        sizes = [len(choice.options) for choice in self.space.choices]
        return IndependentLogits(sizes, learning_rate=self.learning_rate, warm_up_trials=self.warm_up_trials)


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
        cumulative = self.probabilities().cumsum(axis=1)
        options: Options = (uniforms[:, :, None] >= cumulative / cumulative[:, -1:]).sum(axis=2)
        return options

    def learn(self, options: Options, rewards: Floats) -> None:
        """Take one step of REINFORCE for every network in turn."""
        for picked, reward in zip(options, rewards, strict=True):
            self._step(picked, float(reward))

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

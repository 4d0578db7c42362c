"""Search by a linear model of the reward, for evaluations that cost a second and misjudge single networks. No torch.

Every second proposal is a random network within the limits, so that the model knows the whole space; the others are
the best of the whole space under weights drawn from the model's posterior (Thompson sampling).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nas.samplers.cost_limits import CostLimit, known_limits
from nas.samplers.linear.model import FEWEST, fit_linear
from nas.samplers.predictor.acquisition import bounded, search, within_first
from nas.samplers.predictor.features import Featurizer, Point, Points
from nas.samplers.space_sampler import SpaceSampler
from search_spaces.search_space import Parameters, SearchSpace
from trials.study.internals import require_one_objective

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

Array = NDArray[np.float64]
RANDOM_FIRST = 32
DRAWS = 20
STARTS = 6


class LinearSampler(SpaceSampler):
    """Propose random networks, and in turn with them the best by a linear model of the reward.

    Networks that surely break a limit that finished trials broke are left out. Failed and stopped trials teach nothing
    and are not proposed again.
    """

    def __init__(self, *, space: SearchSpace, seed: int, random_first: int = RANDOM_FIRST) -> None:
        super().__init__(space=space, seed=seed)
        self.random_first = max(random_first, FEWEST)
        self._features = Featurizer(space)

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:
        """Return the proposal of the model, or a random network where it is the turn of one."""
        require_one_objective(self, study)
        limits = known_limits(self.history.constrained, self._features)
        by_model = trial.number % 2 == 1 and len(self.history.teachers) >= self.random_first
        for point in self._promising(limits, rng) if by_model else self._random(limits, rng):
            parameters = self._features.parameters(point)
            if self.space.decode(parameters) not in self.history:
                return parameters
        return self.space.encode(self.first_new(lambda: self.space.sample(rng), rng))

    def _random(self, limits: Sequence[CostLimit], rng: random.Random) -> Iterable[Point]:
        """Return random points, those within the limits first; where none are, those that a search finds."""
        draws = [self._features.sample(rng) for _ in range(DRAWS)]
        return within_first(self._features, draws, limits, rng)

    def _promising(self, limits: Sequence[CostLimit], rng: random.Random) -> Iterable[Point]:
        """Return points in falling order of what a draw of the model expects of them."""
        points = [self._features.point(outcome.parameters) for outcome in self.history.teachers]
        rewards = [outcome.reward for outcome in self.history.teachers if outcome.reward is not None]
        features = self._features(points)
        model = fit_linear(features, rewards).drawn(np.random.default_rng(rng.getrandbits(64)))
        best = np.argsort(-model.mean(features), kind="stable")[:STARTS]

        def score(points: Points, features: Array) -> Array:
            return bounded(model.mean(features), self._features, points, limits)

        return search(self._features, score, [points[i] for i in best], rng)

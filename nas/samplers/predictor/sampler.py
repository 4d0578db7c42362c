"""Search by a learned model of the reward, with what is known about a network before it is trained. No torch.

A Gaussian process (`gaussian_process`) over features of the resolved network (`features`) predicts the reward, warped
(`warping`) where that explains the study better; the next network is the one with the greatest upper confidence bound
that a search over the space finds (`acquisition`). How many standard deviations the bound has is drawn for every trial:
some proposals exploit the model and some doubt it (randomized GP-UCB, Berk et al. 2020, arXiv:2006.04296). It needs the
trial's value alone, so it works in any Optuna study of one objective.

The defaults were compared on the made-up tasks of `benchmarks/tuning_tasks.py`. Accel-NASBench was looked at between
versions and prompted some of them; results/published/bench-accel-nasbench/README.md says which.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nas.samplers.cost_limits import CostLimit, known_limits
from nas.samplers.history import Observation
from nas.samplers.predictor.acquisition import bounded, search, within_first
from nas.samplers.predictor.evidence import Evidence
from nas.samplers.predictor.features import Featurizer, Point, Points
from nas.samplers.predictor.fitting import fit, fit_size
from nas.samplers.predictor.gaussian_process import GaussianProcess, Scales, condition
from nas.samplers.predictor.sources import Source
from nas.samplers.predictor.warping import unwarp, warp
from nas.samplers.space_sampler import SpaceSampler
from search_spaces.errors import InvalidInput
from search_spaces.search_space import Parameters, SearchSpace
from trials.study.internals import require_one_objective
from trials.study.proposing import Foretold

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

Array = NDArray[np.float64]
INITIAL = 4
OPTIMISM = (0.5, 8.0)
STARTS = 6
LEAST_TEACHERS = 3  # below this there is nothing to model
ASKED = 8  # of the most promising networks, about which sources are asked
DRAWS = 20
SOURCE_DRAWS = 200


class PredictorSampler(SpaceSampler):
    """Propose the network with the greatest upper confidence bound of a Gaussian process over network features.

    `initial` random networks come first; `optimism` is the range that the number of standard deviations in the bound
    is drawn from, log-uniformly. Networks that other workers are evaluating count as if they had turned out as
    expected, so that N workers get N different proposals. Networks that surely break a limit that finished trials
    broke are left out. Failed and stopped trials teach nothing and are not proposed again.

    `sources` are what else may tell something of the reward (`evidence`). The first networks are then, in turn with
    random ones, the best of many by each source; later a source that answers is asked about the most promising ones.
    """

    def __init__(
        self,
        *,
        space: SearchSpace,
        seed: int,
        initial: int = INITIAL,
        optimism: tuple[float, float] = OPTIMISM,
        sources: Sequence[Source] = (),
    ) -> None:
        if initial < 1:
            raise InvalidInput("initial", initial, "an integer of at least 1")
        if not 0 < optimism[0] <= optimism[1] <= 100:
            raise InvalidInput("optimism", optimism, "a range of numbers above 0, to 100")
        super().__init__(space=space, seed=seed)
        self.initial = max(initial, LEAST_TEACHERS)
        self.optimism = optimism
        self._features = Featurizer(space)
        self._evidence = Evidence(self._features, sources)
        self._fitted_to: tuple[tuple[object, ...], tuple[Scales, float]] | None = None
        self._foretold: tuple[int, Foretold] | None = None

    def foretold(self, number: int) -> Foretold | None:
        """Return the reward that was expected of the latest proposal; None where it was drawn, or of another trial."""
        return self._foretold[1] if self._foretold is not None and self._foretold[0] == number else None

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:
        """Return the proposal of the model, or a random network while there are too few trials to learn from."""
        require_one_objective(self, study)
        limits = known_limits(self.history.constrained, self._features)
        running = [self._features.point(parameters) for parameters in self.history.running]
        teachers = self.history.teachers
        self._foretold, model = None, None
        ranked: Iterable[Point]
        if len(teachers) < self.initial:
            ranked = self._random_within(limits, rng)
        else:
            model = self._model(teachers, running)
            ranked = self._ranked(model, teachers, limits, rng)
        for point in ranked:
            parameters = self._features.parameters(point)
            if self.space.decode(parameters) not in self.history:
                if model is not None:
                    self._foretold = trial.number, self._expected(model, teachers, point)
                return parameters
        return self.space.encode(self.first_new(lambda: self.space.sample(rng), rng))

    def _random_within(self, limits: Sequence[CostLimit], rng: random.Random) -> Iterable[Point]:
        """Return random points, those within the limits first; where none are, those that a search finds."""
        turn, waits = divmod(len(self.history.teachers), 2)
        by_source = not waits and turn < len(self._evidence.sources)
        draws = [self._features.sample(rng) for _ in range(SOURCE_DRAWS if by_source else DRAWS)]
        if by_source:
            draws = self._evidence.promising(turn, draws)
        return within_first(self._features, draws, limits, rng)

    def _model(self, teachers: Sequence[Observation], running: Sequence[Point]) -> GaussianProcess:
        """Return the posterior, with running networks at the value that is expected of them."""
        features = self._evidence.asked([self._features.point(outcome.parameters) for outcome in teachers])
        rewards = np.array([outcome.reward for outcome in teachers], dtype=np.float64)
        scales, room = self._fitted(teachers, features, rewards)
        values = warp(rewards, room)
        model = condition(features, values, self._evidence.groups, scales)
        if not running:
            return model
        pending = self._evidence.asked(list(running))
        return condition(
            np.concatenate([features, pending]),
            np.concatenate([values, model.mean(pending)]),
            self._evidence.groups,
            scales,
        )

    def _expected(self, model: GaussianProcess, teachers: Sequence[Observation], point: Point) -> Foretold:
        """Return the reward that the model expects at a point, and one standard deviation below and above it."""
        rewards = np.array([outcome.reward for outcome in teachers], dtype=np.float64)
        assert self._fitted_to is not None
        room = self._fitted_to[1][1]
        mean, sd = model.mean_and_sd(self._evidence([point]))
        low, middle, high = unwarp(np.concatenate([mean - sd, mean, mean + sd]), rewards, room).tolist()
        return middle, low, high

    def _fitted(self, teachers: Sequence[Observation], features: Array, rewards: Array) -> tuple[Scales, float]:
        """Return scales and warp fitted to as many of the first trials as the schedule says, and to no others."""
        count = fit_size(len(teachers))
        key = tuple((outcome.number, outcome.reward) for outcome in teachers[:count])
        if self._fitted_to is None or self._fitted_to[0] != key:
            evidence = self._evidence
            self._fitted_to = key, fit(features[:count], rewards[:count], evidence.groups, evidence.prior)
        return self._fitted_to[1]

    def _ranked(
        self, model: GaussianProcess, teachers: Sequence[Observation], limits: Sequence[CostLimit], rng: random.Random
    ) -> Iterator[Point]:
        """Return untried points in falling order of the upper confidence bound."""
        tried = [self._features.point(outcome.parameters) for outcome in teachers]
        expected = model.mean(self._evidence.asked(tried))
        starts = [tried[i] for i in np.argsort(-expected, kind="stable")[:STARTS]]

        optimism = math.exp(rng.uniform(*(math.log(end) for end in self.optimism)))

        def score(points: Points, features: Array) -> Array:
            mean, sd = model.mean_and_sd(features)
            return bounded(mean + optimism * sd, self._features, points, limits)

        known = set(tried)
        ranked = (point for point in search(self._evidence, score, starts, rng) if point not in known)
        if not self._evidence.asks:
            return ranked
        first = list(islice(ranked, ASKED))
        worth = score(first, self._evidence.asked(first))
        return chain((first[i] for i in np.argsort(-worth, kind="stable")), ranked)


def best_by_posterior(study: Study, space: SearchSpace) -> FrozenTrial:
    """Return the finished trial whose *expected* reward is greatest under the model of all of them.

    The best observed value is the luckiest of many noisy ones; what the model expects of a network also counts what
    became of those like it. Raises ValueError where no trial has finished within its limits.
    """
    predictor = PredictorSampler(space=space, seed=0)
    predictor.history.update(study, -1)
    teachers = predictor.history.teachers
    if not teachers:
        raise ValueError("no trial has finished within its limits")
    if len(teachers) < LEAST_TEACHERS:
        best = max(teachers, key=lambda outcome: outcome.reward or 0.0)
    else:
        points = [predictor._features.point(outcome.parameters) for outcome in teachers]
        best = teachers[int(predictor._model(teachers, []).mean(predictor._evidence.asked(points)).argmax())]
    return study.get_trials(deepcopy=False)[best.number]

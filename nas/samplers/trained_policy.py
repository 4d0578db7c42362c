"""Networks drawn from a policy that was learned while shared weights were trained. No torch until one is proposed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nas.samplers.space_sampler import SpaceSampler
from search_spaces.architecture import Architecture
from search_spaces.search_space import Parameters, SearchSpace
from trials.accounting import cost_counter, limit_excess
from trials.experiment import Experiment
from trials.policy import Floats, Options, pick

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

MOST_MISFITS = 200  # draws in a row


class TrainedPolicy(SpaceSampler):
    """Propose the most probable network first, then draws that were not proposed before, all of which fit.

    `weights` is the file of the trained weights with their policy, read at the first proposal. What `fits` is within
    the limits; of 200 draws that do not, the last is proposed. Where the most probable network does not fit, it is the
    most probable of the first 200 draws that do.
    """

    def __init__(
        self, *, space: SearchSpace, seed: int, weights: Path, fits: Callable[[Architecture], bool] = lambda _: True
    ) -> None:
        super().__init__(space=space, seed=seed)
        self.weights = weights
        self.fits = fits

    @cached_property
    def probabilities(self) -> Floats:
        """The policy, [choices, options], 0 where a choice has fewer options."""
        from trials.objectives.shared.artifact import load_policy

        rows = load_policy(self.weights, self.space)
        width = max(map(len, rows), default=0)
        return np.array([[*row, *[0.0] * (width - len(row))] for row in rows])

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:  # noqa: ARG002
        """Return the most probable network, or another one of the policy's."""
        if self.likeliest not in self.history:
            return self.space.encode(self.likeliest)
        return self.space.encode(self.first_new(lambda: self._draw(rng), rng))

    @cached_property
    def likeliest(self) -> Architecture:
        """The most probable network that fits, as far as one was found."""
        network = self._network(self.probabilities.argmax(axis=1))
        if self.fits(network):
            return network
        drawn = self._options(random.Random(self.seed), MOST_MISFITS)
        chances = np.log(np.take_along_axis(self.probabilities, drawn.T, axis=1)).sum(axis=0)
        by_chance = (self._network(drawn[index]) for index in np.argsort(-chances, kind="stable"))
        return next((other for other in by_chance if self.fits(other)), network)

    def _draw(self, rng: random.Random) -> Architecture:
        for _ in range(MOST_MISFITS):
            network = self._network(self._options(rng, 1)[0])
            if self.fits(network):
                break
        return network

    def _options(self, rng: random.Random, count: int) -> Options:
        uniforms = np.array([[rng.random() for _ in self.space.choices] for _ in range(count)])
        return pick(self.probabilities, uniforms)

    def _network(self, options: Iterable[int]) -> Architecture:
        return self.space.decode(self.space.options_at(options))


def trained_policy(experiment: Experiment, space: SearchSpace, weights: Path) -> TrainedPolicy:
    """Return the sampler of a search while training, which draws networks within the limits that are counted."""
    cost_of, excess = cost_counter(experiment), limit_excess(experiment.limits)

    def fits(network: Architecture) -> bool:
        return all(over <= 0 for over in excess(cost_of(network)).values())

    return TrainedPolicy(space=space, seed=experiment.seed, weights=weights, fits=fits)

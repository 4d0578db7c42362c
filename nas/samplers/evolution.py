"""Regularized evolution: mutate the best of a few, let the oldest die. No torch.

"Regularized Evolution for Image Classifier Architecture Search", Real et al. 2019, arXiv:1802.01548.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from nas.samplers.history import Observation
from nas.samplers.space_sampler import SpaceSampler
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import Parameters, SearchSpace
from trials.study.internals import require_one_objective

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

POPULATIONS_TRIED = 5


class Evolution(SpaceSampler):
    """Mutate one choice of the best among `sample_size` members drawn from the `population_size` youngest.

    The paper's 100 and 25 suit thousands of evaluations; 20 and 10 are quicker on the tens to hundreds that a search
    with real training can afford. Age is the trial's number, so that the order in which workers finish is no matter.

    Networks over a limit are never trained and join the population only where limits are so tight that five
    populations' worth of random draws held too few within them: the least excessive ones then fill it, below all
    others, and evolution climbs into the limits instead of drawing on for ever.
    """

    def __init__(self, *, space: SearchSpace, seed: int, population_size: int = 20, sample_size: int = 10) -> None:
        if population_size < 1:
            raise InvalidInput("population_size", population_size, "an integer of at least 1")
        if not 1 <= sample_size <= population_size:
            raise InvalidInput("sample_size", sample_size, f"an integer from 1 to population_size ({population_size})")
        super().__init__(space=space, seed=seed)
        self.population_size = population_size
        self.sample_size = sample_size

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:  # noqa: ARG002
        """Return a mutated winner of a tournament, or a random network while there is no population yet."""
        require_one_objective(self, study)
        population = self._population()

        def draw() -> Architecture:
            if not population:
                return self.space.sample(rng)
            winner = max(rng.choices(population, k=self.sample_size), key=_fitness)
            return self.space.mutate(self.space.decode(winner.parameters), rng)

        return self.space.encode(self.first_new(draw, rng))

    def _population(self) -> list[Observation]:
        """Return the members, empty while there are too few."""
        members = self.history.teachers[-self.population_size :]
        missing = self.population_size - len(members)
        if missing == 0:
            return members
        tried = len(members) + len(self.history.rejected)
        return members + self.history.rejected[:missing] if tried >= POPULATIONS_TRIED * self.population_size else []


def _fitness(outcome: Observation) -> tuple[float, float]:
    return -outcome.violation, outcome.reward if outcome.reward is not None else 0.0

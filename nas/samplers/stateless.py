"""Optuna's own samplers behind the contract of ours: made anew for every trial, so that none has a past. No torch."""

from __future__ import annotations

import abc
import random
from typing import TYPE_CHECKING, Any

from optuna.samplers import BaseSampler, NSGAIISampler, TPESampler

from nas.samplers.space_sampler import SpaceSampler
from search_spaces.architecture import Architecture
from search_spaces.search_space import Parameters, SearchSpace

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


class OptunaSampler(SpaceSampler, abc.ABC):
    """Ask a sampler of Optuna's; a network it proposed before is mutated until it is a new one."""

    @abc.abstractmethod
    def make(self, seed: int) -> BaseSampler:
        """Return a new sampler, for one trial."""

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:
        """Return the proposal; what it leaves open (everything at first, later NSGA-II's mutations) is drawn."""
        proposed = self.make(rng.getrandbits(32)).sample_relative(study, trial, self._relative)

        def draw() -> Architecture:
            options: dict[str, Any] = {choice.name: rng.choice(choice.options) for choice in self.space.choices}
            return self.space.decode(options | proposed)

        return self.space.encode(self.first_new(draw, rng))


class Tpe(OptunaSampler):
    """Tree-structured Parzen estimator over all choices jointly, after ten random trials."""

    def make(self, seed: int) -> BaseSampler:
        """Return a TPESampler. Its "constant liar" would let a proposal depend on what happens to be running."""
        return TPESampler(seed=seed, multivariate=True, constant_liar=False)


class Nsga2(OptunaSampler):
    """NSGA-II, meant for several objectives: accuracy against FLOPs. Its generations are kept in the study."""

    def __init__(self, *, space: SearchSpace, seed: int, population_size: int = 20) -> None:
        super().__init__(space=space, seed=seed)
        self.population_size = population_size

    def make(self, seed: int) -> BaseSampler:
        """Return an NSGAIISampler."""
        return _OrderedNsga2(seed=seed, population_size=self.population_size)


class _OrderedNsga2(NSGAIISampler):
    """Optuna's, with parents by number: it ranks them when it selects them but not when it reads them back."""

    def select_parent(self, study: Study, generation: int) -> list[FrozenTrial]:
        return sorted(super().select_parent(study, generation), key=lambda trial: trial.number)

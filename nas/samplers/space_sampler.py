"""The base class of our samplers: they draw whole networks of a search space. No torch."""

from __future__ import annotations

import abc
import random
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from optuna.samplers import BaseSampler, RandomSampler

from nas.samplers.history import History
from search_spaces.architecture import Architecture
from search_spaces.search_space import Parameters, SearchSpace

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial

MOST_DRAWS, MOST_STEPS = 10, 200


class SpaceSampler(BaseSampler, abc.ABC):
    """An Optuna sampler that proposes points of a search space.

    A proposal is a function of the seed, the trial's number and the trials in the study, and of nothing else: a run
    that was killed goes on as if nothing had happened, and several processes can share a study. Values and
    constraints are read from finished trials; of running ones only which networks they are.
    """

    def __init__(self, *, space: SearchSpace, seed: int) -> None:
        self.space = space
        self.seed = seed
        self.history = History(space)
        self._relative = {name: values for name, values in space.distributions.items() if not values.single()}
        self._lock = threading.Lock()  # `study.optimize(n_jobs=2)` calls one sampler from several threads

    @abc.abstractmethod
    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:
        """Return an option for every choice. `self.history` is up to date; draw from `rng` only."""

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:  # noqa: ARG002
        """Return the choices of the space, whatever was tried before."""
        return self._relative

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Return the proposal for this trial."""
        with self._lock:
            self.history.update(study, trial.number)
            parameters = self.propose(study, trial, random.Random(f"{self.seed}/{trial.number}"))
        return {name: parameters[name] for name in search_space}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw a parameter that is no choice of the space at random."""
        seed = random.Random(f"{self.seed}/{trial.number}/{param_name}").getrandbits(32)
        return RandomSampler(seed=seed).sample_independent(study, trial, param_name, param_distribution)

    def first_new(self, draw: Callable[[], Architecture], rng: random.Random) -> Architecture:
        """Return the first of a few draws that was never proposed, else the first new one on a walk from there.

        Where nothing new turns up, the space is as good as used up and a known network is returned: never a hang.
        """
        for _ in range(MOST_DRAWS):
            architecture = draw()
            if architecture not in self.history:
                return architecture
        for _ in range(MOST_STEPS):
            architecture = self.space.mutate(architecture, rng)
            if architecture not in self.history:
                break
        return architecture

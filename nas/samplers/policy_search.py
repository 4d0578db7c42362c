"""Samplers that learn a policy, a distribution over networks: the policy is replayed from the study. No torch."""

from __future__ import annotations

import abc
import random
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nas.samplers.history import Observation
from nas.samplers.space_sampler import MOST_DRAWS, SpaceSampler
from search_spaces.architecture import Architecture
from search_spaces.search_space import Parameters, SearchSpace
from trials.policy import Floats, Options
from trials.study.internals import require_one_objective

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

PATIENCE = 200  # trials after which a batch is learned from without the ones that still run


class Policy(Protocol):
    """A distribution over the options of a space, deterministic in the batches it has learned from."""

    def draw(self, uniforms: Floats) -> Options:
        """Return the options [N, choices] that numbers in [0, 1) of the same shape pick."""

    def learn(self, options: Options, rewards: Floats) -> None:
        """Move towards the options [N, choices] whose rewards [N] are above what was expected."""


class PolicySampler(SpaceSampler, abc.ABC):
    """Draw networks from a policy that learns from batches of `batch_size` consecutive trial numbers.

    A batch is learned from when all its trials are finished, so a trial is proposed by the policy that has learned
    from all batches before the first unfinished trial. A worker may die and leave a trial running: after 200 more
    trials its batch goes on without it. A policy is never stored: a new process learns from the study again.

    A network that was proposed before is drawn again, a few times, then mutated: a policy that has converged would
    otherwise propose nothing else. Trials that somebody enqueued are no draws of the policy; it does not learn from
    them.
    """

    def __init__(self, *, space: SearchSpace, seed: int, batch_size: int) -> None:
        super().__init__(space=space, seed=seed)
        self.batch_size = batch_size
        self._begin()

    @abc.abstractmethod
    def make(self) -> Policy:
        """Return the policy that has not learned anything yet."""

    def _begin(self) -> None:
        self._policy = self.make()
        self._reader = self.history.reader
        self._batches: list[tuple[Observation, ...]] = []  # learned from
        self._final: int = 0  # how many of them have no unfinished trial
        self._draws: dict[int, Options] = {}  # by batch, [trials, MOST_DRAWS, choices]

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:
        """Return the policy's draw for this trial."""
        require_one_objective(self, study)
        self._replay(trial.number)
        draws = iter(self._drawn(trial.number))
        drawn: dict[str, Parameters] = {}

        def draw() -> Architecture:
            parameters = self.space.options_at(next(draws))
            architecture = self.space.decode(parameters)
            drawn.setdefault(architecture.key, parameters)
            return architecture

        architecture = self.first_new(draw, rng)
        return drawn.get(architecture.key) or self.space.encode(architecture)

    def _replay(self, number: int) -> None:
        """Bring the policy to where it is to propose trial `number`."""
        if self._reader is not self.history.reader:
            self._begin()
        final = self.history.first_unfinished // self.batch_size
        count = max(final, (number - PATIENCE) // self.batch_size, 0)
        kept = self._batches[: min(self._final, count)]
        due = kept + [self._batch(index) for index in range(len(kept), count)]
        if due[: len(self._batches)] != self._batches:  # a trial ended that was given up
            self._begin()
        for batch in due[len(self._batches) :]:
            self._draws = {}
            if batch:
                self._policy.learn(self._options(batch), np.array([outcome.reward for outcome in batch]))
        self._batches, self._final = due, min(final, count)

    def _batch(self, index: int) -> tuple[Observation, ...]:
        finished = self.history.between(index * self.batch_size, (index + 1) * self.batch_size)
        return tuple(outcome for outcome in finished if outcome.teaches and not outcome.enqueued)

    def _options(self, batch: tuple[Observation, ...]) -> Options:
        choices = self.space.choices
        rows = [[choice.options.index(outcome.parameters[choice.name]) for choice in choices] for outcome in batch]
        return np.array(rows, dtype=np.int64)

    def _drawn(self, number: int) -> Options:
        """Return the draws [MOST_DRAWS, choices] of a trial: with those of its batch, so that rounding is the same."""
        index, position = divmod(number, self.batch_size)
        if index not in self._draws:
            members = range(index * self.batch_size, (index + 1) * self.batch_size)
            uniforms = np.concatenate([self._uniforms(member) for member in members])
            self._draws[index] = self._policy.draw(uniforms).reshape(self.batch_size, MOST_DRAWS, -1)
        options: Options = self._draws[index][position]
        return options

    def _uniforms(self, number: int) -> Floats:
        return np.random.default_rng([abs(self.seed), number]).random((MOST_DRAWS, len(self.space.choices)))

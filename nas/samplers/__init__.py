"""The search algorithms of stage 1 by name, each an Optuna sampler. Imports nothing until one is made. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

    from search_spaces.search_space import SearchSpace


class SamplerFactory(Protocol):
    """Makes a sampler that proposes points of `space`; equal seeds give equal proposals."""

    def __call__(self, *, space: SearchSpace, seed: int) -> BaseSampler:
        """Return a new sampler."""


def _random(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.random_search import RandomSearch

    return RandomSearch(space=space, seed=seed)


def _evolution(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.evolution import Evolution

    return Evolution(space=space, seed=seed)


def _policy_gradient(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.policy_gradient import PolicyGradient

    return PolicyGradient(space=space, seed=seed)


def _reinforce(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.reinforce import Reinforce

    return Reinforce(space=space, seed=seed)


def _tpe(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.stateless import Tpe

    return Tpe(space=space, seed=seed)


def _nsga2(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.stateless import Nsga2

    return Nsga2(space=space, seed=seed)


def _predictor(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.predictor.sampler import PredictorSampler

    return PredictorSampler(space=space, seed=seed)


def _linear(*, space: SearchSpace, seed: int) -> BaseSampler:
    from nas.samplers.linear.sampler import LinearSampler

    return LinearSampler(space=space, seed=seed)


SAMPLERS: dict[str, SamplerFactory] = {
    "random": _random,
    "evolution": _evolution,
    "policy-gradient": _policy_gradient,
    "reinforce": _reinforce,
    "tpe": _tpe,
    "nsga2": _nsga2,
    "predictor": _predictor,
    "linear": _linear,
}
PARETO = frozenset({"nsga2"})  # what `nas run` gives a study of two objectives: accuracy, and the reward's cost

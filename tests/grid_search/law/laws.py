"""Laws with known truth on a small lattice, for tests."""

from __future__ import annotations

import numpy as np

from grid_search.bench.problem import Array, Problem, synthetic_problems
from grid_search.law.design import first_shapes
from grid_search.law.posterior import Law, fit_law


def problem(name: str = "power laws") -> Problem:
    """Return the synthetic problem of this name."""
    return next(one for one in synthetic_problems() if one.name == name)


def observed(one: Problem, count: int, noise: float = 0.1, seed: int = 0) -> tuple[Array, Array]:
    """Return shapes [count, axes] spread over a problem and their noisy accuracies [count]."""
    chosen = first_shapes(one.shapes, one.cost_model, count)
    scatter = noise * np.random.default_rng(seed).standard_normal(len(chosen))
    return one.shapes[chosen], one.accuracies[chosen] + scatter


def fitted(one: Problem, count: int = 16, noise: float = 0.1) -> Law:
    """Return the law fitted to a spread of a problem."""
    return fit_law(*observed(one, count, noise))

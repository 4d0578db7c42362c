from __future__ import annotations

import numpy as np
import pytest

from grid_search.bench.problem import Problem, synthetic_problems
from grid_search.bench.synthetic import drawn_laws, synthetic_laws


def test_there_are_ten_different_laws() -> None:
    shapes = np.random.default_rng(0).uniform(-0.5, 0.5, (30, 3))
    values = np.stack([law(shapes) for law in synthetic_laws().values()])
    assert values.shape == (10, 30)
    assert np.linalg.matrix_rank(values - values.mean(axis=1, keepdims=True)) == 10


@pytest.mark.parametrize("problem", synthetic_problems(), ids=lambda problem: problem.name)
def test_accuracies_are_percent_and_growing_pays(problem: Problem) -> None:
    assert problem.accuracies.min() > 20
    assert problem.accuracies.max() < 100
    assert problem.truth(problem.best[None])[0] > problem.truth(np.zeros((1, 3)))[0]


def test_drawn_laws_follow_from_their_seed_and_growing_pays() -> None:
    once, again, others = drawn_laws(12, 1), drawn_laws(12, 1), drawn_laws(12, 2)
    shapes = np.random.default_rng(0).uniform(-0.5, 0.5, (30, 3))
    first, second, third = (np.stack([law(shapes) for law in laws.values()]) for laws in (once, again, others))
    np.testing.assert_array_equal(first, second)
    assert (np.abs(first - third).max(axis=1) > 0.1).all()
    for one in synthetic_problems(laws=once):
        assert one.accuracies.min() > 0 and one.accuracies.max() < 100
        assert one.truth(one.best[None])[0] > one.truth(np.zeros((1, 3)))[0]

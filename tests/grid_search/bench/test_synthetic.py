from __future__ import annotations

import numpy as np
import pytest

from grid_search.bench.problem import Problem, synthetic_problems
from grid_search.bench.synthetic import synthetic_laws


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

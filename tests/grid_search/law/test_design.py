from __future__ import annotations

import numpy as np

from grid_search.law.answer import answer
from grid_search.law.design import fewest_shapes, first_shapes, next_shapes
from grid_search.law.posterior import fit_law
from tests.grid_search.law.laws import fitted, problem


def test_the_first_spread_is_cheap_first_and_reaches_every_end() -> None:
    one = problem()
    chosen = first_shapes(one.shapes, one.cost_model, 12)
    assert (np.diff(one.costs[chosen]) >= -1e-9).all()
    assert len(set(chosen)) == 12
    reached = one.shapes[chosen]
    assert (reached.max(axis=0) > 0.8 * one.shapes.max(axis=0)).all()
    assert (reached.min(axis=0) < 0.8 * one.shapes.min(axis=0)).all()


def test_a_spread_separates_axes_and_interactions() -> None:
    one = problem()
    shapes = one.shapes[first_shapes(one.shapes, one.cost_model, fewest_shapes(3))]
    pairs = [shapes[:, i] * shapes[:, j] for i in range(3) for j in range(i)]
    assert np.linalg.matrix_rank(np.column_stack([np.ones(len(shapes)), shapes, *pairs])) == 7


def test_the_next_shape_narrows_more_than_a_random_one() -> None:
    one = problem("power laws that help each other")
    start = first_shapes(one.shapes, one.cost_model, 8)
    free = np.setdiff1d(np.arange(len(one.shapes)), start)
    law = fit_law(one.shapes[start], one.accuracies[start])
    picked = free[next_shapes(law, one.shapes[free], one.costs[free], one.cost_model, (2.0,), count=4)]
    random = np.random.default_rng(0)

    def left(added: np.ndarray) -> float:
        rows = np.concatenate([start, added])
        return answer(fit_law(one.shapes[rows], one.accuracies[rows]), one.cost_model, 2.0).regret

    assert left(picked) < np.mean([left(random.choice(free, 4, replace=False)) for _ in range(4)])


def test_dear_trainings_are_passed_over_where_cheap_ones_tell_as_much() -> None:
    one = problem()
    law = fitted(one, 10)
    free = np.ones(len(one.shapes))
    by_number = next_shapes(law, one.shapes, free, one.cost_model, (2.0,), count=5)
    by_second = next_shapes(law, one.shapes, one.costs**3, one.cost_model, (2.0,), count=5)
    assert one.costs[by_second].sum() < one.costs[by_number].sum()
    assert len(set(by_number)) == 5

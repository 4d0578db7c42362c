from __future__ import annotations

import numpy as np
import pytest

from grid_search.bench.problem import known_directions
from tests.grid_search.law.laws import problem


def test_the_best_has_no_regret_and_every_other_shape_has() -> None:
    one = problem()
    assert one.regret(one.best) == pytest.approx(0, abs=1e-9)
    assert min(one.regret(direction) for direction in np.eye(3)) > 0.1


def test_a_direction_is_brought_to_the_targets_cost() -> None:
    one = problem()
    np.testing.assert_allclose(np.exp(one.cost_model(one.at_target(np.array([[0.1, 0.2, 0.0]])))), 2.0)


def test_shapes_cost_a_quarter_to_two_baselines() -> None:
    one = problem()
    assert 0.25 <= one.costs.min() < one.costs.max() <= 2


def test_directions_without_training() -> None:
    known = known_directions(("width", "resolution"), (1.2, 1.1, 1.15))
    assert list(known) == ["paper", "width only", "resolution only"]
    np.testing.assert_allclose(known["paper"], np.log([1.1, 1.15]))


def test_an_axis_that_is_left_alone_is_not_inside() -> None:
    assert problem("power laws").inside == (True, True, True)
    assert problem("width alone").inside == (False, False, False)

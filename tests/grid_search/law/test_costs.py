from __future__ import annotations

import numpy as np
import pytest

from grid_search.law.costs import CostModel, directions, fit_cost, shapes_at_cost

NOMINAL = CostModel(linear=np.array([1.0, 2.0, 2.0]), quadratic=np.zeros((3, 3)), error=0.0)


def test_exponents_and_their_change_are_found() -> None:
    shapes = np.random.default_rng(0).uniform(-0.7, 0.7, (40, 2))
    log_costs = shapes @ np.array([1.6, 2.0]) + 0.1 * shapes[:, 0] ** 2 - 0.05 * shapes[:, 0] * shapes[:, 1]
    model = fit_cost(shapes, 3e8 * np.exp(log_costs))
    np.testing.assert_allclose(model(shapes), log_costs, atol=1e-9)
    np.testing.assert_allclose(model.linear, [1.6, 2.0], atol=1e-9)
    assert model.error < 1e-9


def test_few_networks_give_exponents_alone() -> None:
    shapes = np.random.default_rng(0).uniform(-0.7, 0.7, (6, 3))
    model = fit_cost(shapes, np.exp(shapes @ np.array([1.0, 2.0, 2.0])))
    assert not model.quadratic.any()
    np.testing.assert_allclose(model.linear, [1.0, 2.0, 2.0])


def test_steps_along_an_axis_are_found_and_leave_the_baseline_where_it_is() -> None:
    sizes = np.log([0.5, 0.75, 1.0, 1.5, 2.0, 3.0])
    excess = np.array([0.0, 0.2, -0.1, 0.2, -0.2, 0.1])
    others = np.random.default_rng(0).uniform(-0.7, 0.7, 200)
    places = np.arange(200) % 6
    shapes = np.stack([others, sizes[places]], axis=1)
    costs = np.exp(shapes @ np.array([1.0, 2.0]) + excess[places] - excess[2])
    smooth, stepped = fit_cost(shapes, costs), fit_cost(shapes, costs, stepped=1)
    assert smooth.error > 0.1 and stepped.error < 0.02
    np.testing.assert_allclose(stepped(shapes), np.log(costs), atol=0.05)
    assert stepped(np.zeros((1, 2)))[0] == 0
    at_cost = shapes_at_cost(stepped, directions(2, 4), 3.0)
    np.testing.assert_allclose(np.exp(stepped(at_cost)), 3.0, rtol=1e-6)


def test_directions_are_shares() -> None:
    shares = directions(3, 5)
    assert len(shares) == 21  # 7 choose 2
    np.testing.assert_allclose(shares.sum(axis=1), 1)


@pytest.mark.parametrize("ratio", [0.25, 0.5, 2.0, 8.0])
def test_shapes_cost_what_was_asked(ratio: float) -> None:
    curved = CostModel(linear=np.array([1.0, 1.8, 2.0]), quadratic=np.diag([0.0, 0.1, 0.02]), error=0.0)
    shapes = shapes_at_cost(curved, directions(3, 6), ratio)
    np.testing.assert_allclose(np.exp(curved(shapes)), ratio, rtol=1e-6)
    assert (shapes >= 0).all() if ratio > 1 else (shapes <= 0).all()


def test_an_axis_alone_by_hand() -> None:
    np.testing.assert_allclose(np.exp(shapes_at_cost(NOMINAL, np.eye(3), 2.0)).diagonal(), [2, 2**0.5, 2**0.5])

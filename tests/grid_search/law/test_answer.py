from __future__ import annotations

import numpy as np
import pytest

from grid_search.law.answer import answer, shortest_interval
from tests.grid_search.law.laws import fitted, problem


@pytest.mark.parametrize("name", ["power laws", "width alone", "too deep hurts"])
def test_the_best_shape_is_found_within_its_interval(name: str) -> None:
    one = problem(name)
    found = answer(fitted(one, 20), one.cost_model, 2.0)
    assert one.regret(found.shape) < 0.1
    assert np.exp(one.cost_model(found.shape[None])[0]) == pytest.approx(2.0, rel=1e-6)
    assert ((found.low - 0.06 <= one.best) & (one.best <= found.high + 0.06)).all()  # one in ten lies just outside
    assert found.band[0] < found.accuracy < found.band[1]
    assert found.accuracy == pytest.approx(one.truth(found.shape[None])[0], abs=0.5)


def test_more_networks_narrow_the_answer() -> None:
    one = problem()
    few, many = (answer(fitted(one, count), one.cost_model, 2.0) for count in (8, 40))
    assert many.regret < few.regret / 2
    assert (many.high - many.low).sum() < (few.high - few.low).sum()


def test_smaller_networks_shrink_along_every_axis() -> None:
    one = problem()
    found = answer(fitted(one), one.cost_model, 0.5)
    assert (found.shape <= 0).all()
    assert (found.low <= found.shape).all()
    assert (found.shape <= found.high).all()


def test_the_shortest_interval_is_that_of_a_skewed_density() -> None:
    values = np.random.default_rng(0).exponential(size=(200_000, 2)) * [1.0, 3.0]
    low, high = shortest_interval(values, 0.9)
    np.testing.assert_allclose(low, 0, atol=0.01)  # a density that falls everywhere: from its start
    np.testing.assert_allclose(high, [np.log(10), 3 * np.log(10)], rtol=0.02)


def test_an_interval_at_an_end_holds_no_more_than_it_says() -> None:
    values = np.concatenate([np.zeros(600), np.linspace(0.001, 1, 400)])[:, None]
    low, high = shortest_interval(values, 0.9)
    assert ((values >= low) & (values <= high)).mean() == pytest.approx(0.9, abs=0.002)

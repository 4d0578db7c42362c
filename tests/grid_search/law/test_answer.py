from __future__ import annotations

import numpy as np
import pytest

from grid_search.law.answer import answer
from tests.grid_search.law.laws import fitted, problem


@pytest.mark.parametrize("name", ["power laws", "width alone", "too deep hurts"])
def test_the_best_shape_is_found_within_its_interval(name: str) -> None:
    one = problem(name)
    found = answer(fitted(one, 20), one.cost_model, 2.0)
    assert one.regret(found.shape) < 0.1
    assert np.exp(one.cost_model(found.shape[None])[0]) == pytest.approx(2.0, rel=1e-6)
    assert ((found.low - 0.02 <= one.best) & (one.best <= found.high + 0.02)).all()
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

from __future__ import annotations

import numpy as np
import pytest

from grid_search.law.answer import answer
from grid_search.law.path import best_path, losses
from tests.grid_search.law.laws import fitted, problem


def test_a_single_axis_loses_what_it_does() -> None:
    one = problem("logistic")
    law = fitted(one, 40)
    found = answer(law, one.cost_model, 2.0)
    alone = dict(zip(one.axes, one.at_target(np.eye(3)), strict=True))
    lost = losses(law, found.shape, alone)
    for axis, shape in alone.items():
        true = (one.truth(found.shape[None]) - one.truth(shape[None]))[0]
        assert lost[axis].low - 0.3 < true < lost[axis].high + 0.3
    assert lost["depth"].certain
    assert lost["depth"].mean > lost["width"].mean


def test_a_path_starts_at_the_answer_and_costs_what_it_says() -> None:
    one = problem()
    law = fitted(one, 20)
    path = best_path(law, one.cost_model, (0.5, 2.0, 4.0), 2.0)
    assert [found.ratio for found in path.answers] == [0.5, 2.0, 4.0]
    np.testing.assert_allclose(np.exp(one.cost_model(path.constant)), [0.5, 2.0, 4.0], rtol=1e-6)
    np.testing.assert_allclose(path.constant[1], path.answers[1].shape, atol=1e-6)
    assert path.losses[1].mean == pytest.approx(0, abs=1e-6)


def test_a_direction_that_bends_is_seen() -> None:
    # resolution pays at first and saturates: below the baseline it is worth keeping, above it is not worth buying
    one = problem("too deep hurts")
    path = best_path(fitted(one, 80, noise=0.02), one.cost_model, (0.5, 2.0, 8.0), 2.0)
    assert path.bends

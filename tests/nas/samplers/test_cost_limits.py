from __future__ import annotations

import math

import numpy as np
import pytest

from nas.samplers.cost_limits import excess, learn_limits


def test_limits_are_learned_from_what_broke_them() -> None:
    costs = np.array([[100.0, 5.0, 1.0], [200.0, 2.0, 1.0], [300.0, 4.0, 1.0]])
    limits = learn_limits(costs, [{"max_flops": -0.5}, {"max_flops": -0.1}, {"max_flops": 0.2}])
    asked = np.array([[299.0, 9.0, 1.0], [300.0, 1.0, 1.0], [600.0, 9.0, 9.0]])
    over = excess(asked, limits)
    assert over[0] == 0
    assert over[1] > 0
    assert over[2] == pytest.approx(math.log(2))


def test_a_limit_that_two_figures_explain_holds_only_for_both() -> None:
    costs = np.array([[100.0, 1.0], [300.0, 4.0]])
    limits = learn_limits(costs, [{"limit": -0.5}, {"limit": 0.2}])
    assert (excess(np.array([[400.0, 2.0], [200.0, 5.0], [400.0, 5.0]]), limits) > 0).tolist() == [False, False, True]


def test_a_limit_that_cost_does_not_explain_limits_nothing() -> None:
    costs = np.array([[100.0, 1.0], [300.0, 4.0]])
    limits = learn_limits(costs, [{"latency": 0.5}, {"latency": -0.2}])
    assert excess(np.array([[400.0, 5.0]]), limits)[0] == 0

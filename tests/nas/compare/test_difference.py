from __future__ import annotations

import math

import pytest

from nas.compare.difference import difference

# "sleep" of R (Student 1908): extra hours of sleep under two drugs
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_welch_as_r_prints_it() -> None:
    # t.test(extra ~ group, data = sleep): p-value = 0.07939, 95 percent interval -3.3654832 0.2054832
    found = difference(FIRST, SECOND)
    assert found.mean == pytest.approx(0.75 - 2.33)
    assert found.low == pytest.approx(-3.3654832, abs=1e-7)
    assert found.high == pytest.approx(0.2054832, abs=1e-7)
    assert found.p_value == pytest.approx(0.07939, abs=1e-5)
    assert not found.is_clear


def test_a_large_difference_is_clear_in_both_directions() -> None:
    shifted = [value + 10 for value in FIRST]
    assert difference(shifted, FIRST).is_clear
    assert difference(FIRST, shifted).is_clear


def test_values_that_never_vary_are_exact() -> None:
    found = difference([0.5, 0.5], [0.4, 0.4])
    assert found.low == found.mean == found.high == pytest.approx(0.1)
    assert found.is_clear


@pytest.mark.parametrize(("first", "second"), [([0.5], [0.4, 0.3]), ([], [0.4, 0.3]), ([0.5, 0.6], [])])
def test_too_few_values_give_no_interval(first: list[float], second: list[float]) -> None:
    found = difference(first, second)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert not found.is_clear

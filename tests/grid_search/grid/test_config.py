from __future__ import annotations

from typing import Any

import pytest

from grid_search.grid.config import GridConfig, Range
from search_spaces import InvalidInput
from search_spaces.validation import validated


def test_defaults_reach_what_would_meet_the_target_alone() -> None:
    config = GridConfig()
    assert [config.bounds(name) for name in ("alpha", "beta", "gamma")] == [(1, 2), (1, 1.5), (1, 1.5)]
    assert [len(config.values(name)) for name in ("alpha", "beta", "gamma")] == [21, 11, 11]


def test_a_target_below_one_shrinks() -> None:
    config = GridConfig(target=0.5, tolerance=0.05)
    assert config.bounds("alpha") == (0.5, 1)
    assert config.values("gamma")[0] == 0.7


def test_values_are_decimal() -> None:
    assert GridConfig(alpha=Range(high=1.3)).values("alpha") == [1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"alpah": {}}, "alpah: got {}, accepted: no such key here"),
        ({"alpha": {"stpe": 0.1}}, "alpha.stpe: got 0.1"),
        ({"alpha": {"step": 0}}, "alpha.step: got 0"),
        ({"alpha": {"low": 2, "high": 1}}, "alpha.high: got 1"),
        ({"alpha": {"low": 3}}, "alpha.low: got 3"),
        ({"target": "two"}, "target: got 'two'"),
        ({"target": -2}, "target: got -2"),
        ({"tolerance": 0}, "tolerance: got 0"),
        ({"constraint": "nominel"}, "constraint: got 'nominel'"),
        ({"rounding": {"depth": "floor"}}, "rounding.depth: got 'floor'"),
        ({"rounding": {"width_divisor": 0}}, "rounding.width_divisor: got 0"),
        ({"method": "guess"}, "method: got 'guess'"),
    ],
)
def test_a_mistake_in_a_grid_is_one_line(content: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(GridConfig, content)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)

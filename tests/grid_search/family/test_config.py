from __future__ import annotations

from typing import Any

import pytest

from grid_search.family.config import FamilyConfig
from search_spaces import InvalidInput
from search_spaces.validation import validated


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "phis: got []"),
        ({"phis": [1, 1]}, "phis: got"),
        ({"phis": ["a"]}, "phis.0: got 'a'"),
        ({"phis": [1e9]}, "phis.0: got 1000000000.0"),
        ({"phis": [1], "limits": {"resolution": 0}}, "limits.resolution: got 0"),
        ({"phis": [1], "limits": {"pixels": 9}}, "limits.pixels: got 9"),
        ({"phis": [1], "shrink": "mobilenet"}, "shrink: got 'mobilenet'"),
        ({"phis": [1], "coefficients": {"alpha": 1.2}}, "coefficients.beta: got nothing"),
        ({"targets": ["400M"], "tolerance": 0.9}, "tolerance: got 0.9"),
    ],
)
def test_a_mistake_in_a_family_is_one_line(content: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(FamilyConfig, content)
    assert str(caught.value).startswith(message)

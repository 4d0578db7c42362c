from __future__ import annotations

import math

import pytest

from search_spaces.errors import InvalidInput
from trials.quantity import parse_quantity


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("400M", 400_000_000),
        ("1.6G", 1_600_000_000),
        ("1.6B", 1_600_000_000),
        ("4e8", 400_000_000),
        ("2T", 2_000_000_000_000),
        (" 10k ", 10_000),
        ("400_000", 400_000),
        ("0.1k", 100),
        ("5.3M", 5_300_000),
        ("2.5", 2.5),
        (7, 7),
        (7.0, 7),
        (0.25, 0.25),
    ],
)
def test_numbers_as_people_write_them(value: object, expected: float) -> None:
    found = parse_quantity("target", value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "value",
    ["", "M", "few", "400m", "400MM", "4 00 M", "0", "-1k", "nan", "1e400", 0, -3, 10**400, math.inf, True, None, [1]],
)
def test_anything_else_is_refused_by_its_key(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"^target: got .*, accepted: a number above 0") as caught:
        parse_quantity("target", value)
    assert "\n" not in str(caught.value)

"""Checks of single values: borders, types that only look right, and the sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search_spaces import InvalidInput
from search_spaces.checks import check_above, check_integer, check_number, check_one_of

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (check_integer, (1, 8), (0, 9, 1.0, True, "1", None)),
        (check_number, (1, 8, 1.5), (0.999, 9, NAN, INF, -INF, True, "1", None, 10**400)),
        (check_above, (1.001, 8), (1, 9, NAN, INF, -INF, True, "2", None, 10**400)),
    ],
)
def test_a_range(check: Callable[..., None], good: tuple[object, ...], bad: tuple[object, ...]) -> None:
    for value in good:
        check("key", value, 1, 8)
    for value in bad:
        with pytest.raises(InvalidInput, match="key: got"):
            check("key", value, 1, 8)


def test_the_sentence_names_the_range() -> None:
    with pytest.raises(InvalidInput, match="width: got 0, accepted: an integer from 1 to 8"):
        check_integer("width", 0, 1, 8)
    with pytest.raises(InvalidInput, match="phi: got 2, accepted: a number from -1 to 1"):
        check_number("phi", 2, -1, 1)
    with pytest.raises(InvalidInput, match="step: got 0, accepted: a number above 0, at most 64"):
        check_above("step", 0, 0, 64)


def test_one_of() -> None:
    check_one_of("rule", "ceil", ("ceil", "nearest"))
    with pytest.raises(InvalidInput, match="rule: got 'floor', accepted: ceil, nearest"):
        check_one_of("rule", "floor", ("ceil", "nearest"))

"""Checks of single values in what a user gave us; each raises InvalidInput. No torch."""

from __future__ import annotations

from search_spaces.errors import InvalidInput


def check_integer(key: str, value: object, low: int, high: int) -> None:
    """Raise InvalidInput unless `value` is an integer from `low` to `high`."""
    if type(value) is not int or not low <= value <= high:
        raise InvalidInput(key, value, f"an integer from {low} to {high}")


def check_number(key: str, value: object, low: float, high: float) -> None:
    """Raise InvalidInput unless `value` is a number from `low` to `high`."""
    if type(value) not in (int, float) or not low <= value <= high:  # type: ignore[operator]
        raise InvalidInput(key, value, f"a number from {low:g} to {high:g}")


def check_above(key: str, value: object, above: float, most: float) -> None:
    """Raise InvalidInput unless `value` is a number above `above`, at most `most`."""
    if type(value) not in (int, float) or not above < value <= most:  # type: ignore[operator]
        raise InvalidInput(key, value, f"a number above {above:g}, at most {most:g}")


def check_one_of(key: str, value: object, accepted: tuple[str, ...]) -> None:
    """Raise InvalidInput unless `value` is one of `accepted`."""
    if value not in accepted:
        raise InvalidInput(key, value, accepted)

"""Checks that the settings of grids and families share. No torch."""

from __future__ import annotations

from search_spaces.errors import InvalidInput
from search_spaces.scaling import Rounding


def check_rounding(rounding: Rounding) -> None:
    """Raise InvalidInput unless the divisor of widths and the multiple of resolutions can be rounded to."""
    for name in ("width_divisor", "resolution_multiple"):
        value = getattr(rounding, name)
        if type(value) is not int or not 1 <= value <= 512:
            raise InvalidInput(f"rounding.{name}", value, "an integer from 1 to 512")
    check_one_of("rounding.depth", rounding.depth, ("ceil", "nearest"))
    check_one_of("rounding.resolution", rounding.resolution, ("floor", "nearest"))


def check_number(key: str, value: object, above: float, most: float) -> None:
    if type(value) not in (int, float) or not above < value <= most:  # type: ignore[operator]
        raise InvalidInput(key, value, f"a number above {above:g}, at most {most:g}")


def check_one_of(key: str, value: object, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise InvalidInput(key, value, accepted)

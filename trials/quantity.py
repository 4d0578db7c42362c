"""Numbers as people write them in files: 400M, 1.6G, 4e8. No torch."""

from __future__ import annotations

from search_spaces.errors import InvalidInput
from search_spaces.validation import is_finite

SUFFIXES = {"k": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}


def parse_quantity(key: str, value: object) -> int | float:
    """Return a number above 0 from an integer, a float or text such as `400M`, `1.6G`, `4e8`.

    >>> parse_quantity("target", "400M")
    400000000
    """
    number = _parse_text(value) if isinstance(value, str) else value
    if not is_finite(number) or number <= 0:
        raise InvalidInput(key, value, "a number above 0, such as 400000000, 400M or 1.6G")
    return int(number) if number == int(number) else number


def _parse_text(value: str) -> float | None:
    text = value.strip().replace("_", "")
    factor = SUFFIXES.get(text[-1:], 1)
    try:
        return round(float(text[:-1] if factor > 1 else text) * factor, 9)
    except ValueError:
        return None

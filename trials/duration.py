"""Durations as people write them and read them: 90s, 10m, 1h30m. No torch."""

from __future__ import annotations

import re

from search_spaces.errors import InvalidInput
from search_spaces.validation import is_finite

ACCEPTED = "a time such as 90, 90s, 10m, 1h or 1h30m"
LONGEST_S = 366 * 24 * 3600
PATTERN = re.compile(r"(?:([0-9]+(?:\.[0-9]+)?)h)?(?:([0-9]+(?:\.[0-9]+)?)m)?(?:([0-9]+(?:\.[0-9]+)?)s)?")


def parse_duration(key: str, value: object) -> float:
    """Return seconds, above 0 and at most a year, of a number of seconds or a text with the units h, m and s.

    >>> [parse_duration("budget", value) for value in (90, "90s", "10m", "1h30m")]
    [90.0, 90.0, 600.0, 5400.0]
    """
    seconds = float(value) if is_finite(value) else _of_text(value)
    if not 0 < seconds <= LONGEST_S:
        raise InvalidInput(key, value, ACCEPTED)
    return seconds


def _of_text(value: object) -> float:
    """Return the seconds that a text says; 0 where it says none."""
    text = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return float(text)
    match = PATTERN.fullmatch(text)
    hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0.0, 0.0, 0.0)
    return 3600 * hours + 60 * minutes + seconds


def each(seconds: float) -> str:
    """Return one of many durations in words: tenths of a second count where it is short.

    >>> each(1.26), each(9000)
    ('1.3 s', '2.5 h')
    """
    return f"{seconds:.1f} s" if seconds < 90 else duration(seconds)


def duration(seconds: float) -> str:
    """Return a duration in words.

    >>> duration(42), duration(300), duration(9000), duration(1e6)
    ('42 s', '5 min', '2.5 h', '12 days')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"

"""Lines that tell what was found, and doubts beside them. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Findings:
    """Facts under headings, in order, and warnings: what is likely to disappoint, each with what to do about it."""

    facts: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def say(self, heading: str, *lines: str) -> None:
        """Add lines under a heading."""
        self.facts.setdefault(heading, []).extend(lines)

    def warn(self, warning: str) -> None:
        """Add a doubt."""
        self.warnings.append(warning)


def counted(number: int, what: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "image"), counted(6000, "image")
    ('1 image', '6,000 images')
    """
    return f"{number:,} {what}{'s' * (number != 1)}"


def shortened(items: Iterable[str], most: int = 10) -> str:
    """Return some of the items and how many more there are.

    >>> shortened("abc", most=2)
    'a, b and 1 more'
    """
    listed = list(items)
    rest = f" and {len(listed) - most:,} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + rest

"""The one way to tell a user about a mistake in what they gave us."""

from __future__ import annotations

from collections.abc import Iterable


class InvalidInput(ValueError):
    """A user's mistake, told in one line: the key, the value received and what is accepted.

    The commands print it and exit with code 2; nothing is written.

    >>> str(InvalidInput("stages.0.kernel_size", 4, "an odd integer of at least 1"))
    'stages.0.kernel_size: got 4, accepted: an odd integer of at least 1'
    """

    def __init__(self, key: str, value: object, accepted: str | Iterable[str]) -> None:
        self.key = key
        self.value = value
        self.accepted = accepted if isinstance(accepted, str) else ", ".join(accepted)
        super().__init__(f"{key}: got {shorten(value)}, accepted: {self.accepted}")

    def inside(self, prefix: str) -> InvalidInput:
        """Return the same mistake seen from one level further out, its key prefixed."""
        return InvalidInput(f"{prefix}.{self.key}" if self.key else prefix, self.value, self.accepted)


def shorten(value: object, limit: int = 160) -> str:
    """Return `repr(value)` on one line; of more than `limit` characters the middle is cut out."""
    text = " ".join(repr(value).split())
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]}…{text[-half + 1 :]}"

"""The one way to tell a user about a mistake in what they gave us."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_REASON = 500  # characters of why something failed


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
        super().__init__(f"{one_line(key, 200)}: got {shorten(value)}, accepted: {one_line(self.accepted, 2000)}")

    def inside(self, prefix: str) -> InvalidInput:
        """Return the same mistake seen from one level further out, its key prefixed."""
        return InvalidInput(f"{prefix}.{self.key}" if self.key else prefix, self.value, self.accepted)


def shorten(value: object, limit: int = 160) -> str:
    """Return `repr(value)` on one line; of more than `limit` characters the middle is cut out."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or an integer of too many digits
        text = f"<{type(value).__name__}>"
    return one_line(text, limit)


def one_line(text: str, limit: int) -> str:
    """Return text on one line without what moves a terminal's cursor or colours it, the middle cut out as above.

    >>> one_line("two\\nlines, \\x1b[31mred", 80)
    'two lines, \\\\x1b[31mred'
    """
    text = " ".join(text.split())
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]}…{text[-half + 1 :]}"


def described(error: BaseException) -> str:
    """Return kind and text of somebody else's exception: one printable line, also where it cannot tell its text.

    >>> described(MemoryError("two\\nlines"))
    'MemoryError: two lines'
    """
    try:
        text = str(error)
    except (Exception, SystemExit) as another:
        text = f"(its text cannot be told: __str__ raises {type(another).__name__})"
    return one_line(f"{type(error).__name__}: {text}" if text.strip() else type(error).__name__, LONGEST_REASON)

"""The one way to tell a user about a mistake in what they gave us."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_NAME = 200  # characters of what may be a misspelled name
LONGEST_REASON = 500  # characters of why something failed


class InvalidInput(ValueError):
    """A user's mistake, told in one line: the key, the value received and what is accepted.

    Where names are accepted (`accepted`, or `names` beside a text), the one that is spelled most alike is suggested.
    The commands print it and exit with code 2; nothing is written.

    >>> str(InvalidInput("stages.0.kernel_size", 4, "an odd integer of at least 1"))
    'stages.0.kernel_size: got 4, accepted: an odd integer of at least 1'
    """

    def __init__(self, key: str, value: object, accepted: str | Iterable[str], names: Iterable[str] = ()) -> None:
        self.key = key
        self.names = tuple(names) if isinstance(accepted, str) else tuple(accepted := list(accepted))
        self.value = value
        self.accepted = accepted if isinstance(accepted, str) else ", ".join(accepted)
        told = did_you_mean(value, self.names)
        got = "nothing" if value is None else shorten(value)
        super().__init__(f"{one_line(key, 200)}: got {got}, accepted: {one_line(self.accepted, 2000)}{told}")

    def inside(self, prefix: str) -> InvalidInput:
        """Return the same mistake seen from one level further out, its key prefixed."""
        return InvalidInput(f"{prefix}.{self.key}" if self.key else prefix, self.value, self.accepted, self.names)


def did_you_mean(name: object, names: Iterable[str]) -> str:
    """Return the end of a sentence that suggests the name spelled most alike; nothing where none is.

    >>> did_you_mean("evolutoin", ["random", "evolution"])
    '; did you mean evolution?'
    """
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        return ""
    alike = difflib.get_close_matches(name, [str(each) for each in names], n=1)
    return f"; did you mean {one_line(alike[0], 80)}?" if alike else ""


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

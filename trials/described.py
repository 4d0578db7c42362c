"""What an exception of somebody else's code says, on one line, whatever it is made of. No torch."""

from __future__ import annotations

from search_spaces.errors import one_line

LONGEST = 500  # characters of a reason


def described(error: BaseException) -> str:
    """Return an exception's kind and text: one printable line, also where it cannot tell its text.

    >>> described(MemoryError("two\\nlines"))
    'MemoryError: two lines'
    """
    try:
        text = str(error)
    except (Exception, SystemExit) as another:
        text = f"(its text cannot be told: __str__ raises {type(another).__name__})"
    return one_line(f"{type(error).__name__}: {text}" if text.strip() else type(error).__name__, LONGEST)

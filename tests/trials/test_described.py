from __future__ import annotations

import pytest

from trials.described import LONGEST, described


class Mute(Exception):
    """An exception that cannot say what it is."""

    def __str__(self) -> str:
        raise ZeroDivisionError("no text")


class Leaving(Exception):
    """An exception that ends the program when it is asked what it is."""

    def __str__(self) -> str:
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MemoryError("two\nlines"), "MemoryError: two lines"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (ValueError("\ud800 \x1b[31mred [/red]"), "ValueError: \\ud800 \\x1b[31mred [/red]"),
        (Mute(), "Mute: (its text cannot be told: __str__ raises ZeroDivisionError)"),
        (Leaving(), "Leaving: (its text cannot be told: __str__ raises SystemExit)"),
    ],
)
def test_every_exception_is_one_printable_line(error: BaseException, text: str) -> None:
    assert described(error) == text
    assert text.isprintable()


def test_a_long_text_is_cut() -> None:
    assert len(described(ValueError("x" * 10**6))) == LONGEST

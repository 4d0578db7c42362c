from __future__ import annotations

import pytest

from search_spaces.errors import LONGEST_REASON, InvalidInput, described, one_line, shorten


def test_a_mistake_is_one_printable_line_whatever_the_key_is() -> None:
    error = InvalidInput("two\nlines\x1b[31m", "\x1b[0m", "x\u202e" * 5000)
    assert str(error).isprintable()
    assert len(str(error)) < 2500
    assert str(InvalidInput("key", 10**5000, "a number")).startswith("key: got <int>")


def test_names_that_are_accepted_are_listed() -> None:
    error = InvalidInput("op", "conv3d", {"mbconv": 1, "conv": 2})
    assert error.accepted == "mbconv, conv"
    assert str(error) == "op: got 'conv3d', accepted: mbconv, conv; did you mean conv?"
    assert str(error.inside("stages")) == "stages.op: got 'conv3d', accepted: mbconv, conv; did you mean conv?"


def test_a_suggestion_is_made_beside_a_text_too_and_only_where_a_name_is_alike() -> None:
    assert str(InvalidInput("space", "eficientnet", "a file", ["efficientnet"])).endswith("did you mean efficientnet?")
    assert "mean" not in str(InvalidInput("space", "darts", "a file", ["efficientnet"]))
    assert "mean" not in str(InvalidInput("seed", 3, ["random"]))
    assert "mean" not in str(InvalidInput("space", "e" * 10**6, ["efficientnet"]))


def test_from_further_out_the_key_is_longer_and_the_rest_the_same() -> None:
    error = InvalidInput("kernel_size", 4, "an odd integer")
    outer = error.inside("0").inside("stages")
    assert (outer.key, outer.value, outer.accepted) == ("stages.0.kernel_size", 4, "an odd integer")
    assert InvalidInput("", 4, "a mapping").inside("stages").key == "stages"


def test_of_a_long_text_both_ends_are_kept() -> None:
    text = "a" * 500 + "z" * 500
    short = one_line(text, 100)
    assert len(short) == 100
    assert short == "a" * 50 + "…" + "z" * 49
    assert one_line(text, 1000) == text


def test_what_cannot_be_written_out_is_named_by_its_type() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert shorten(nested) == "<list>"
    assert shorten("x" * 1000).startswith("'xxx") and len(shorten("x" * 1000)) == 160


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
    assert len(described(ValueError("x" * 10**6))) == LONGEST_REASON

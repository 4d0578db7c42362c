"""One block string taken apart."""

from __future__ import annotations

from typing import Any

import pytest

from search_spaces import InvalidInput
from search_spaces.exchange.imports.tokens import stage_of, tokens


def parse(text: str) -> Any:
    return tokens("arch_def.0.0", text, text.split("_"), ("r", "e", "se"), ("skip",))


def test_numbers_are_found_by_their_letters_and_words_without_one() -> None:
    parsed = parse("r2_e6_se0.25_skip")
    assert (parsed.integer("r"), parsed.real("e"), parsed.real("se"), parsed.words) == (2, 6, 0.25, ("skip",))
    assert type(parsed.real("e")) is int


def test_only_a_number_that_may_be_missing_is_missing() -> None:
    assert parse("r2").real("se", 0) == 0
    for ask in (lambda: parse("skip").integer("r"), lambda: parse("r2").real("se")):
        with pytest.raises(InvalidInput, match=r"^arch_def\.0\.0: got"):
            ask()


@pytest.mark.parametrize("text", ["r2.5", "r1234567", "r2x", "r\u0665x"])
def test_an_integer_has_few_digits_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidInput, match="r followed by an integer"):
        parse(text).integer("r")


@pytest.mark.parametrize("text", ["e1.", "e1e3", "e1.2.3", "e1.123456789012345678"])
def test_a_number_is_plain(text: str) -> None:
    with pytest.raises(InvalidInput, match="e followed by a number"):
        parse(text).real("e")


@pytest.mark.parametrize("text", ["x3", "r2_r3", "se", "noskip", "", "r2__e1", "-r2"])
def test_unknown_and_repeated_letters_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="each of r, e, se, skip at most once"):
        parse(text)


def test_a_wrong_field_is_a_mistake_of_the_string() -> None:
    with pytest.raises(InvalidInput, match="accepted: width: an integer from 1") as caught:
        stage_of(parse("r2"), op="mbconv", width=0, depth=2)
    assert (caught.value.key, caught.value.value) == ("arch_def.0.0", "r2")

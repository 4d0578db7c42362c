from __future__ import annotations

import pytest

from trials.study.candidate import Outcome
from trials.study.first_failures import FirstFailures


def alike(*reasons: str | None) -> str | None:
    first = FirstFailures()
    for reason in reasons:
        first.take_in(Outcome(failure=reason))
    return first.alike


@pytest.mark.parametrize(
    "reasons",
    [
        ("no room",) * 3,
        ("no room", "no room", "no room", "something else"),
        ("shapes 32x16 and 7x8", "shapes 3x1 and 24x80", "shapes 2x2 and 5x5"),
        ("<Net at 0x7fa01b>", "<Net at 0x7fa>", "<Net at 0xb>"),
    ],
)
def test_three_reasons_that_differ_in_numbers_at_most_are_alike(reasons: tuple[str, ...]) -> None:
    assert alike(*reasons) == reasons[0]


@pytest.mark.parametrize(
    "reasons",
    [
        (),
        ("no room",) * 2,
        ("no room", "no room", "no key"),
        (None, *("no room",) * 5),
        ("no room", "no room", None, "no room"),
        ("no key", *("no room",) * 5),
    ],
)
def test_fewer_or_others_or_one_that_worked_are_not(reasons: tuple[str | None, ...]) -> None:
    assert alike(*reasons) is None


def test_one_that_a_pruner_stopped_worked() -> None:
    first = FirstFailures()
    for outcome in (Outcome(stopped=True), *[Outcome(failure="no room")] * 3):
        first.take_in(outcome)
    assert first.alike is None

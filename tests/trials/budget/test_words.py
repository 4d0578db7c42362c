from __future__ import annotations

import io

from rich.console import Console

from tests.trials.study.test_clock import FakeTime
from trials.budget.length import Length
from trials.budget.words import doubts, find_budget, print_budget, print_end, trained_on
from trials.check.findings import Findings

LEAST = Length(images=32_000, epochs=1)


def test_a_training_in_words() -> None:
    assert trained_on(LEAST) == "32,000 images x 1 epoch"
    assert trained_on(Length(images=100, epochs=2)) == "100 images x 2 epochs"


def test_only_trainings_that_order_nothing_are_a_doubt() -> None:
    assert doubts(Length(images=10_000, epochs=3), LEAST) == ()
    (told,) = doubts(Length(images=10_000, epochs=2), LEAST)
    assert "20,000 images" in told
    assert "32,000" in told


def test_a_budget_is_told_on_the_screen_and_among_findings() -> None:
    out, findings, time = io.StringIO(), Findings(), FakeTime()
    console = Console(file=out, width=200)
    print_budget(console, ("one", "two"), ("doubt",))
    clock = time.clock(600)
    time.seconds += 598
    print_end(console, clock)
    lines = ["budget:   one", "          two", "warning: doubt", "budget: 598 s of 600 s (10 min) are used"]
    assert out.getvalue().splitlines() == lines
    find_budget(findings, ("one",), ("doubt",))
    find_budget(findings, (), ())
    assert (findings.facts, findings.warnings) == ({"budget": ["one"]}, ["doubt"])

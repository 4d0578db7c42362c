from __future__ import annotations

from grid_search.law_search.screen import law_lines
from tests.grid_search.law_search.test_report import report


def test_answer_rivals_and_family_are_told() -> None:
    law, others, family = law_lines(report())
    assert "alpha" in law and "gamma" in law and "90 % intervals" in law
    assert "paper" in others and "depth only" in others
    assert "0.5x " in family and "8x* " in family

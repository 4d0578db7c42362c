from __future__ import annotations

from dataclasses import replace

from grid_search.report.scaling import Scaling
from grid_search.report.words import asked, found, trust


def test_three_sentences_tell_question_answer_and_doubt(published: Scaling) -> None:
    assert "efficientnet-b0 (385.8 M multiply-adds) is best scaled to about 2 times its cost" in asked(published)
    assert "8 were evaluated on fashion-mnist" in asked(published)
    assert "α 1, β 1.05, γ 1.35, nominally 2.01 and really 2.06 times the cost" in found(published)
    assert "Seeds differ by" in trust(published)


def test_a_run_that_goes_on_says_so(published: Scaling) -> None:
    going = replace(published, record={"state": "running"})
    assert "Found so far" in found(going)
    assert "this may change" in trust(going)


def test_nothing_decided_is_nothing_found(published: Scaling) -> None:
    nothing = replace(published, result=replace(published.result, decision=None))
    assert "nothing yet" in found(nothing)
    assert "nothing to be trusted" in trust(nothing)

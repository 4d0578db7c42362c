from __future__ import annotations

from tests.trials.study.test_clock import FakeTime
from trials.budget.pacing import Pacing, reserved


def test_each_study_keeps_what_comes_after_it_and_the_time_to_write_results() -> None:
    time = FakeTime()
    pacing = Pacing(
        clock=time.clock(1_000), expected={"candidates": 10}, kept={"candidates": 300}, at_least={"candidates": 2}
    )
    deadline = pacing.deadline("candidates")
    assert (deadline.expected, deadline.kept, deadline.at_least) == (10, 300 + reserved(1_000), 2)
    last = pacing.deadline("finalists")
    assert (last.expected, last.kept, last.at_least) == (0, reserved(1_000), 0)


def test_a_budget_is_over_when_only_its_reserve_is_left() -> None:
    time = FakeTime()
    pacing = Pacing(clock=time.clock(1_000))
    time.seconds += 1_000 - reserved(1_000) - 1
    assert not pacing.over
    time.seconds += 2
    assert pacing.over

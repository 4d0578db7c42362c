from __future__ import annotations

from dataclasses import dataclass

import pytest

from trials.study.candidate import Outcome
from trials.study.clock import Clock, Deadline


@dataclass
class FakeTime:
    """Seconds that pass when a test says so."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def clock(self, seconds: float) -> Clock:
        return Clock(seconds=seconds, now=self, began=self.seconds)


def test_a_clock_begins_with_its_command() -> None:
    time = FakeTime()
    clock = time.clock(60)
    time.seconds += 80
    assert (clock.elapsed, clock.left) == (80, -20)


@pytest.mark.parametrize(("passed", "late"), [(90, False), (94, False), (96, True)])
def test_one_more_is_begun_while_half_of_it_fits(passed: float, late: bool) -> None:
    time = FakeTime()
    deadline = Deadline(clock=time.clock(100), expected=10)
    deadline.begin()
    time.seconds += passed
    assert deadline.look() is late


def test_what_ended_tells_better_than_what_was_expected() -> None:
    time = FakeTime()
    deadline = Deadline(clock=time.clock(100), expected=1)
    for seconds in (20, 40):
        deadline.begin()
        deadline.end(Outcome(seconds=seconds))
        deadline.end(Outcome(failure="no memory", seconds=0.1))
    assert deadline.one_more == 30
    time.seconds += 86
    assert not deadline.passed
    assert deadline.look()
    deadline.end(Outcome(seconds=0.1))  # what is quick now does not open it again
    assert deadline.look()
    assert deadline.passed


def test_a_machine_that_became_busy_is_believed_and_one_that_became_idle_is_not() -> None:
    def of(*seconds: float) -> float:
        deadline = Deadline(expected=1)
        for each in seconds:
            deadline.end(Outcome(seconds=each))
        return deadline.one_more

    assert of(10, 10, 10, 20, 30, 40) == 30
    assert of(40, 30, 20, 10, 10, 10) == 20


def test_time_is_kept_for_what_comes_afterwards() -> None:
    time = FakeTime()
    deadline = Deadline(clock=time.clock(100), expected=10, kept=50)
    deadline.begin()
    time.seconds += 46
    assert deadline.look()


def test_the_first_ones_are_begun_in_any_case() -> None:
    time = FakeTime()
    deadline = Deadline(clock=time.clock(100), expected=10, at_least=2)
    time.seconds += 1000
    looks = []
    for _ in range(3):
        looks.append(deadline.look())
        deadline.begin()
    assert looks == [False, False, True]

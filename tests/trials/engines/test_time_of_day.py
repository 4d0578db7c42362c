from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from trials.engines.searcher import ClockNotice
from trials.engines.time_of_day import TimeOfDay


@dataclass
class Machine:
    """A machine whose clocks a test sets."""

    seconds: float = 0.0
    set_by: float = 1_700_000_000.0
    time_of_day: TimeOfDay = field(init=False)

    def __post_init__(self) -> None:
        self.time_of_day = TimeOfDay(told=lambda: self.seconds + self.set_by, steady=lambda: self.seconds)


def test_a_clock_that_runs_was_not_set() -> None:
    machine = Machine()
    machine.seconds += 86_400
    assert machine.time_of_day.set_back_by() == 0


def test_one_that_was_set_back_is_noticed_once() -> None:
    machine = Machine()
    machine.seconds, machine.set_by = 10, machine.set_by - 41
    assert machine.time_of_day.set_back_by() == pytest.approx(41)
    assert machine.time_of_day.set_back_by() == 0
    machine.set_by -= 3600
    assert machine.time_of_day.set_back_by() == pytest.approx(3600)


@pytest.mark.parametrize("seconds", [3600, 0.5, -0.5, -4])
def test_set_forth_or_corrected_is_nothing_to_say(seconds: float) -> None:
    machine = Machine()
    machine.set_by += seconds
    assert machine.time_of_day.set_back_by() == 0


def test_a_run_with_ray_says_it(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    notice = ClockNotice(machine.time_of_day)
    notice.on_step_end(0, [])
    assert not caplog.messages
    machine.set_by -= 41
    notice.on_step_end(1, [])
    assert ["the clock was set back by 41 s" in message for message in caplog.messages] == [True]

from __future__ import annotations

import pytest

from trials.console.at_work import AtWork


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_left_comes_from_epochs_before_anything_finished_and_from_means_after() -> None:
    clock = Clock()
    work = AtWork(clock=clock)
    work.begin(0, "trial 0", 4)
    assert work.seconds_left(5) is None
    clock.now += 10
    work.report(0, 1, 0.25)
    assert work.seconds_left(5) == pytest.approx(5 * 40 - 10)
    clock.now += 20
    work.end(0)
    assert work.seconds_left(4) == pytest.approx(120)
    work.begin(1, "trial 1")
    clock.now += 5
    assert work.seconds_left(4) == pytest.approx(115)
    clock.now += 500  # one that takes longer than the others does not make the rest shorter
    assert work.seconds_left(4) == pytest.approx(90)


def test_two_at_a_time_take_half_as_long() -> None:
    work = AtWork(clock=Clock())
    work.end(0, 10.0)
    work.begin(1, "trial 1")
    work.begin(2, "trial 2")
    assert work.seconds_left(4) == pytest.approx(20)


def test_a_line_tells_epoch_accuracy_and_seconds() -> None:
    clock = Clock()
    work = AtWork(clock=clock)
    work.begin(7, "trial 7", 4)
    work.report(7, 2, 0.5)
    clock.now += 61
    assert work.lines() == ["trial 7  epoch 2/4 done  accuracy 0.5000  61 s so far"]
    work.end(7)
    work.end(7, 1000.0)  # told again by what records it
    assert work.lines() == []
    assert work.seconds_left(1) == pytest.approx(61)

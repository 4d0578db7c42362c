from __future__ import annotations

import pytest

from trials.budget.length import Length, Pace, mean_pace

PACE = Pace(batch=64, step_seconds=0.1, epoch_seconds=5)


def test_seconds_are_those_of_steps_and_of_what_each_epoch_needs_beside_them() -> None:
    assert PACE.seconds(Length(images=6_400, epochs=3)) == pytest.approx(3 * (10 + 5))
    assert PACE.seconds(Length(images=1, epochs=1)) == pytest.approx(5.1)


@pytest.mark.parametrize("seconds", [10, 50, 70, 200, 1_000])
def test_a_training_of_so_many_seconds_takes_them(seconds: float) -> None:
    length = PACE.length(seconds, most=32_000)
    assert PACE.seconds(length) == pytest.approx(seconds, rel=0.02)
    assert length.images <= 32_000


def test_images_are_used_before_they_are_seen_again() -> None:
    assert PACE.length(40, most=32_000) == Length(images=22_400, epochs=1)
    assert PACE.length(55, most=32_000) == Length(images=32_000, epochs=1)
    assert PACE.length(110, most=32_000) == Length(images=32_000, epochs=2)
    assert PACE.length(60, most=32_000).epochs == 2


def test_an_epoch_has_twenty_steps_and_a_training_ends_after_its_warm_up() -> None:
    assert PACE.length(0.1, most=32_000) == Length(images=1_280, epochs=1)
    assert PACE.length(0.1, most=100) == Length(images=100, epochs=1)
    assert PACE.length(10, most=32_000, least_epochs=3).epochs == 3


def test_the_number_of_images_that_was_written_stands() -> None:
    assert PACE.length(32, most=32_000, images=6_400) == Length(images=6_400, epochs=2)
    assert PACE.length(1, most=32_000, images=6_400) == Length(images=6_400, epochs=1)


def test_the_mean_of_paces() -> None:
    other = Pace(batch=64, step_seconds=0.3, epoch_seconds=1)
    assert mean_pace([PACE, other]) == Pace(batch=64, step_seconds=0.2, epoch_seconds=3)

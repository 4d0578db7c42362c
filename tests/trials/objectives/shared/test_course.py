"""Which networks each step of a training of shared weights trains."""

from __future__ import annotations

from dataclasses import replace

from tests.trials.objectives.shared.test_scoring import ROUTES
from tests.trials.objectives.shared.test_training import CONFIG
from tests.trials.tiny import CPU, tiny_split
from trials.experiment import Experiment
from trials.objectives.shared.controller import Controller, controller_over
from trials.objectives.shared.course import LARGEST_FIRST, Course, course_over
from trials.training.loop import parts_of

LONG = replace(CONFIG, epochs=30)


def course(controller: Controller | None = None) -> Course:
    return course_over(ROUTES, parts_of(tiny_split(), (8, 8), CPU), LONG, seed=0, controller=controller)


def test_the_largest_network_is_trained_alone_first_then_several() -> None:
    many = course()
    first = round(LARGEST_FIRST * LONG.epochs * many.steps)
    assert all(many.paths(step) == [many.largest] for step in range(first))
    later = many.paths(first)
    assert len(later) == 3
    assert many.paths(first) == later != many.paths(first + 1)


def test_a_controller_draws_the_networks_of_steps_that_are_not_fair() -> None:
    controller = controller_over(Experiment(), ROUTES, 70, LONG, seed=0)
    without, searched = course(), course(controller=controller)
    first = round(LARGEST_FIRST * LONG.epochs * without.steps)
    assert searched.paths(0) == [searched.largest]
    for step in range(first, LONG.epochs * without.steps):
        expected = without.paths(step) if controller.is_fair(step) else controller.paths(step, 3)
        assert searched.paths(step) == expected

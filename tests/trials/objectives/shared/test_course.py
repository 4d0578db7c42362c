"""Which networks each step of a training of shared weights trains."""

from __future__ import annotations

from dataclasses import replace

from search_spaces.cost import estimate_cost
from tests.trials.objectives.shared.test_scoring import ROUTES
from tests.trials.objectives.shared.test_training import CONFIG
from tests.trials.tiny import CPU, tiny_split
from trials.experiment import Experiment, PathRule
from trials.objectives.shared.controller import Controller, controller_over
from trials.objectives.shared.course import LARGEST_FIRST, Course, course_over
from trials.training.loop import parts_of

LONG = replace(CONFIG, epochs=30)


def course(rule: PathRule = "fair", controller: Controller | None = None) -> Course:
    return course_over(ROUTES, parts_of(tiny_split(), (8, 8), CPU), LONG, seed=0, rule=rule, controller=controller)


def test_the_largest_network_is_trained_alone_first_then_several() -> None:
    many = course()
    first = round(LARGEST_FIRST * LONG.epochs * many.steps)
    assert all(many.paths(step) == [many.largest] for step in range(first))
    later = many.paths(first)
    assert len(later) == 3
    assert many.paths(first) == later != many.paths(first + 1)


def test_a_sandwich_is_the_largest_the_smallest_and_two_random_networks() -> None:
    many = course("sandwich")
    first = round(LARGEST_FIRST * LONG.epochs * many.steps)
    assert many.paths(first - 1) == [many.largest]
    paths = many.paths(first)
    assert paths[:2] == [ROUTES.largest(), ROUTES.smallest()]
    assert len(paths) == 4
    assert many.paths(first) == paths
    assert many.paths(first + 1)[2:] != paths[2:]


def test_a_controller_draws_the_networks_of_steps_that_are_not_fair() -> None:
    controller = controller_over(Experiment(), ROUTES, 70, LONG, seed=0)
    without, searched = course(), course(controller=controller)
    first = round(LARGEST_FIRST * LONG.epochs * without.steps)
    assert searched.paths(0) == [searched.largest]
    for step in range(first, LONG.epochs * without.steps):
        expected = without.paths(step) if controller.is_fair(step) else controller.paths(step, 3)
        assert searched.paths(step) == expected


def test_the_smallest_network_is_no_dearer_than_any_other() -> None:
    least = estimate_cost(ROUTES.smallest().architecture).flops
    costs = [estimate_cost(path.architecture).flops for step in range(50, 90) for path in course().paths(step)]
    assert least <= min(costs)
    assert least < max(costs)

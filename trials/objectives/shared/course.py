"""Which networks of a supernet are trained together in each step of its training."""

from __future__ import annotations

import random
from dataclasses import dataclass

from trials.objectives.shared.controller import Controller
from trials.objectives.shared.fairness import fair_parameters, paths_a_step
from trials.objectives.shared.routes import Path, Routes
from trials.training.batches import Part, steps_per_epoch
from trials.training_config import TrainingConfig

LARGEST_FIRST = 0.05  # share of the steps in which the largest network alone is trained


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What a training of a supernet runs over: the networks, the images, the settings, the seed.

    A `controller` draws the networks of the steps that are not fair, and learns from each step.
    """

    routes: Routes
    training: Part
    validation: Part
    config: TrainingConfig
    seed: int
    largest: Path
    controller: Controller | None = None

    @property
    def steps(self) -> int:
        """Number of steps of an epoch."""
        return steps_per_epoch(len(self.training), self.config.batch_size)

    @property
    def paths_a_step(self) -> int:
        """The most networks of a step."""
        return paths_a_step(self.routes.space)

    def paths(self, step: int) -> list[Path]:
        """Return the networks trained together in a step, counted from 0 over the whole training."""
        if step < LARGEST_FIRST * self.config.epochs * self.steps:
            return [self.largest]
        space = self.routes.space
        rng = random.Random(f"{self.seed} {step}")  # of the two alone, so that a resumed training draws the same
        count = paths_a_step(space)
        if self.controller is not None and not self.controller.is_fair(step):
            return self.controller.paths(step, count)
        return [self.routes.of_parameters(chosen) for chosen in fair_parameters(space, count, rng)]


def course_over(
    routes: Routes,
    parts: tuple[Part, Part],
    config: TrainingConfig,
    *,
    seed: int,
    controller: Controller | None = None,
) -> Course:
    """Return the course of a training on the first of two parts, judged on the second."""
    training, validation = parts
    return Course(
        routes=routes,
        training=training,
        validation=validation,
        config=config,
        seed=seed,
        largest=routes.largest(),
        controller=controller,
    )

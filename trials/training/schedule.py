"""Learning-rate schedules as pure functions of the step: nothing to save, nothing to restore (no torch)."""

from __future__ import annotations

import math
from collections.abc import Callable

from trials.training_config import TrainingConfig


def learning_rate(config: TrainingConfig, step: int, steps_per_epoch: int) -> float:
    """Return the learning rate of `step`, counted from 0 over the whole training.

    The warm-up rises linearly and reaches `config.learning_rate` at its last step; then the schedule takes over.

    >>> config = TrainingConfig(epochs=4, learning_rate=0.8, warmup_epochs=1)
    >>> [round(learning_rate(config, step, 2), 3) for step in range(8)]
    [0.4, 0.8, 0.8, 0.746, 0.6, 0.4, 0.2, 0.054]
    """
    warmup_steps = round(config.warmup_epochs * steps_per_epoch)
    if step < warmup_steps:
        return config.learning_rate * (step + 1) / warmup_steps
    return config.learning_rate * SCHEDULES[config.schedule](config, step, steps_per_epoch)


def cosine(config: TrainingConfig, step: int, steps_per_epoch: int) -> float:
    """Return the factor of half a cosine from 1 after the warm-up to 0 after the last step (arXiv:1608.03983)."""
    start = round(config.warmup_epochs * steps_per_epoch)
    end = config.epochs * steps_per_epoch
    return 0.5 * (1 + math.cos(math.pi * (step - start) / (end - start)))


def exponential(config: TrainingConfig, step: int, steps_per_epoch: int) -> float:
    """Return `decay_rate` ** (how often `decay_epochs` have passed since step 0), in stairs.

    As in EfficientNet's official code (tensorflow/tpu, utils.build_learning_rate), where the stairs are counted from
    the beginning of the warm-up.
    """
    return config.decay_rate ** math.floor(step / (config.decay_epochs * steps_per_epoch))


SCHEDULES: dict[str, Callable[[TrainingConfig, int, int], float]] = {"cosine": cosine, "exponential": exponential}

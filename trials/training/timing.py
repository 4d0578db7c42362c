"""How long a training will take, measured on a few of its batches."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import torch
from torch import nn

from trials.data.datasets import Split
from trials.training.batches import Part, steps_per_epoch
from trials.training.isolation import isolated
from trials.training.loop import evaluate, parts_of, train_epoch, validate
from trials.training.state import TrainingState, start
from trials.training_config import TrainingConfig

TIMED_STEPS = 6
FEWER_STEPS, SLOW_STEP_S = 2, 2.0  # where a step is slow, fewer tell as much: nobody waits minutes for a plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Seconds of one step on one batch, and of judging one validation image."""

    step_seconds: float
    validation_seconds: float
    steps: int  # in an epoch
    recalibration_steps: int
    epochs: int
    validation_images: int

    @property
    def training_seconds(self) -> float:
        """Return the seconds that a whole training will take."""
        epoch = self.steps * self.step_seconds + self.validation_images * self.validation_seconds
        return self.epochs * (epoch + self.recalibration_steps * self.step_seconds / 3)  # a forward pass alone


def measure_pace(
    network: nn.Module,
    split: Split,
    config: TrainingConfig,
    *,
    resolution: tuple[int, int],
    device: torch.device,
    threads: int | None,
) -> Pace:
    """Train `network` on a few batches and validate it on some, after a warm-up; its weights change."""
    batch = min(config.batch_size, len(split.train_labels))
    steps = min(TIMED_STEPS, steps_per_epoch(len(split.train_labels), batch))
    with isolated(device, threads):
        training, validation = parts_of(split, resolution, device)
        network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        state = start(network, config)
        steps = _enough(steps, _step_seconds(state, first_images(training, min(2, steps) * batch), config))
        validate(
            state,
            first_images(training, batch),
            first_images(validation, batch),
            replace(config, recalibrate_batches=1),
        )
        some, few = first_images(training, steps * batch), first_images(validation, steps * batch)
        started = time.perf_counter()
        train_epoch(state, some, config, 1, 1)
        trained = time.perf_counter()
        evaluate(state.judged, few, batch_size=batch, autocast_mode=config.autocast)
        ended = time.perf_counter()
    return Pace(
        step_seconds=(trained - started) / steps,
        validation_seconds=(ended - trained) / len(few),
        steps=steps_per_epoch(len(split.train_labels), batch),
        recalibration_steps=min(config.recalibrate_batches, math.ceil(len(split.train_labels) / batch)),
        epochs=config.epochs,
        validation_images=len(split.validation_labels),
    )


def _step_seconds(state: TrainingState, part: Part, config: TrainingConfig) -> float:
    """Train on a part and return the seconds of a step."""
    started = time.perf_counter()
    train_epoch(state, part, config, 1, 0)
    return (time.perf_counter() - started) / steps_per_epoch(len(part), config.batch_size)


def _enough(steps: int, step_seconds: float) -> int:
    """Return how many steps are timed where one takes so long.

    >>> _enough(6, 0.1), _enough(6, 30.0)
    (6, 2)
    """
    return min(steps, FEWER_STEPS) if step_seconds > SLOW_STEP_S else steps


def first_images(part: Part, images: int) -> Part:
    """Return the same part with its first images only."""
    return replace(part, images=part.images[:images], labels=part.labels[:images])

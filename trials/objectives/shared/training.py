"""The one training of a supernet: every step several networks that cover all options, the largest one alone first."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path as File

import torch

from trials.data.datasets import Split
from trials.objectives.shared.controller import Controller
from trials.objectives.shared.course import Course, course_over
from trials.objectives.shared.layout import layout_of
from trials.objectives.shared.parallel import Alone, gradients_of
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.scoring import ANY_SIZE, score, threads_within
from trials.objectives.shared.supernet import Supernet, build_supernet
from trials.training.batches import stored_batches
from trials.training.checkpoint import identity_of, restore, save
from trials.training.isolation import epoch_seed, isolated
from trials.training.loop import STEPS_BETWEEN_CHECKS, Diverged, notify, parts_of, require_finite
from trials.training.optimizers import set_learning_rate
from trials.training.schedule import learning_rate
from trials.training.state import EpochResult, TrainingState, start
from trials.training_config import TrainingConfig


def train_supernet(
    supernet: Supernet,
    routes: Routes,
    split: Split,
    config: TrainingConfig,
    *,
    seed: int,
    device: torch.device,
    threads: int | None = None,
    identity: Mapping[str, str] | None = None,
    on_epoch: Callable[[EpochResult], None] | None = None,
    checkpoint: File | None = None,
    controller: Controller | None = None,
) -> None:
    """Train a supernet in place and leave in it the weights to judge by (with EMA, the average).

    A `controller` learns on the way which networks to train. The gradients of a step's networks are summed.
    `on_epoch` sees every epoch once, restored ones too, with the accuracy and loss of the largest network. A training
    that was stopped goes on from `checkpoint` and ends with the same numbers; the file is the caller's to remove.
    `identity` is what else has to be equal for that. On a CPU, `threads` is how many processes of one thread may share
    a step's networks; equal arguments give equal numbers, with any `threads`.

    Raises Diverged, and InvalidInput for a checkpoint of another training.
    """
    with isolated(device, threads_within(device, threads)):
        supernet.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        state = start(supernet, config)
        state.companion = controller
        course = course_over(routes, parts_of(split, ANY_SIZE, device), config, seed=seed, controller=controller)
        own = identity_of(supernet, split, config, course.largest.architecture.input_size, seed) | {**(identity or {})}
        if checkpoint is not None and checkpoint.exists():
            restore(checkpoint, own, state)
        for result in state.history:
            notify(on_epoch, result)
        with gradients_of(supernet, course, threads or 1) as gradients:
            for epoch in range(len(state.history) + 1, config.epochs + 1):
                state.history.append(_epoch(state, course, gradients, epoch))
                if checkpoint is not None:
                    save(checkpoint, own, state)
                notify(on_epoch, state.history[-1])
        supernet.load_state_dict(state.judged.state_dict())


def new_supernet(routes: Routes, split: Split, seed: int) -> Supernet:
    """Return an untrained supernet over all networks of a space, for the images and classes of a split."""
    return build_supernet(
        layout_of(routes.space, routes.proxy),
        in_channels=int(split.train_images.shape[1]),
        num_classes=split.num_classes,
        activation=routes.space.skeleton.activation,
        seed=seed,
    )


def _epoch(state: TrainingState, course: Course, gradients: Alone, epoch: int) -> EpochResult:
    """Train for one epoch and judge the largest network."""
    started = time.perf_counter()
    loss = train_epoch(state, course, gradients, epoch)
    assert isinstance(state.judged, Supernet)
    accuracy, val_loss = score(state.judged, course.largest, course.validation, course.config.autocast)
    if not math.isfinite(val_loss):
        raise Diverged(epoch, None)
    return EpochResult(epoch, loss, accuracy, val_loss, time.perf_counter() - started)


def train_epoch(state: TrainingState, course: Course, gradients: Alone, epoch: int) -> float:
    """Train for one epoch, its randomness a function of seed and epoch; return the mean loss of all its networks."""
    config, part, steps = course.config, course.training, course.steps
    generator = torch.Generator().manual_seed(epoch_seed(course.seed, epoch))
    losses = torch.zeros(steps, device=part.device)
    state.network.train()
    for index, (images, labels) in enumerate(stored_batches(part, config, generator)):
        step = (epoch - 1) * steps + index
        set_learning_rate(state.optimizer, learning_rate(config, step, steps))
        state.optimizer.zero_grad()
        losses[index] = gradients(course.paths(step), images, labels)
        state.optimizer.step()
        if state.average is not None:
            state.average.update()
        if course.controller is not None:
            assert isinstance(state.judged, Supernet)
            course.controller.learn(state.judged, course.validation, step)
        if index % STEPS_BETWEEN_CHECKS == 0 or index == steps - 1:
            require_finite(losses, epoch)
    return float(losses.mean())

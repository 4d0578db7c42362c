"""How long the training of a supernet will take and the scoring of a network, measured on a few batches."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from search_spaces.architecture import Architecture
from trials.data.datasets import Split
from trials.experiment import Experiment
from trials.objectives.shared.controller import controller_over
from trials.objectives.shared.course import course_over
from trials.objectives.shared.parallel import gradients_of
from trials.objectives.shared.routes import Path, Routes
from trials.objectives.shared.scoring import ANY_SIZE, LARGEST_BATCH, score, threads_within
from trials.objectives.shared.supernet import Supernet
from trials.objectives.shared.training import new_supernet, train_epoch
from trials.training.batches import Part, steps_per_epoch
from trials.training.isolation import isolated
from trials.training.loop import parts_of
from trials.training.state import start
from trials.training.timing import TIMED_STEPS, first_images
from trials.training_config import TrainingConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedPace:
    """Seconds of the whole training of the shared weights, and of judging each of some networks with them."""

    training_seconds: float
    score_seconds: tuple[float, ...]


def measure_shared_pace(
    networks: Sequence[Architecture],
    routes: Routes,
    split: Split,
    config: TrainingConfig,
    *,
    device: torch.device,
    threads: int | None,
    searched: Experiment | None = None,
) -> SharedPace:
    """Train a supernet on a few batches and score networks of its space on some, after a warm-up of both.

    Where it is `searched` while it is trained, by an experiment's reward, that is part of the training.
    """
    with isolated(device, threads_within(device, threads)):
        training, validation = parts_of(split, ANY_SIZE, device)
        supernet = new_supernet(routes, split, 0)
        supernet.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        state = start(supernet, config)
        batch, few = min(config.batch_size, len(training)), first_images(validation, LARGEST_BATCH)
        some = first_images(training, TIMED_STEPS * batch)
        short = replace(config, epochs=2)  # in the second of two the largest network is not trained alone
        controller = None if searched is None else controller_over(searched, routes, len(some), short, seed=0)
        course = course_over(routes, (some, few), short, seed=0, controller=controller)
        largest = course.largest
        with gradients_of(supernet, course, threads or 1) as gradients:
            gradients.wait()
            train_epoch(state, course, gradients, 2)  # the steps to be timed: shapes are slow where they are new
            score(supernet, largest, few, config.autocast)
            started = time.perf_counter()
            train_epoch(state, course, gradients, 2)
            step_seconds = (time.perf_counter() - started) / course.steps
        scores = []
        for network in networks:
            first, other = (_seconds(supernet, routes.path(network), few, config) for _ in range(2))
            scores.append(first + other * (len(validation) / len(few) - 1))  # new shapes are slow once
    steps = config.epochs * steps_per_epoch(len(split.train_labels), batch)
    return SharedPace(training_seconds=steps * step_seconds, score_seconds=tuple(scores))


def _seconds(supernet: Supernet, path: Path, part: Part, config: TrainingConfig) -> float:
    started = time.perf_counter()
    score(supernet, path, part, config.autocast)
    return time.perf_counter() - started

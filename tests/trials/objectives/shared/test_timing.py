from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from search_spaces.reference import reference
from search_spaces.space_file import load_space
from trials.experiment import DataConfig, Experiment
from trials.objectives.shared import controller
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.timing import SharedPace, measure_shared_pace
from trials.proxy import Proxy
from trials.training.equipment import load_split
from trials.training.timing import TIMED_STEPS
from trials.training_config import TrainingConfig

CONFIG = TrainingConfig(epochs=1, batch_size=32, warmup_epochs=0.1)


@pytest.fixture(scope="module")
def pace() -> SharedPace:
    return measured(CONFIG)


def measured(config: TrainingConfig, searched: Experiment | None = None) -> SharedPace:
    routes = Routes(space=load_space("efficientnet"), proxy=Proxy(width=0.125, resolution=0.0357, drop_strides=3))
    split = load_split(DataConfig(name="digits", train_images=320, validation_images=50))
    network = reference("efficientnet-b0")
    networks, cpu = [network, network], torch.device("cpu")
    return measure_shared_pace(networks, routes, split, config, device=cpu, threads=1, searched=searched)


def test_every_network_and_the_training_have_a_time(pace: SharedPace) -> None:
    assert len(pace.score_seconds) == 2
    assert all(0 < seconds < 60 for seconds in pace.score_seconds)
    assert pace.training_seconds > max(pace.score_seconds)


def test_a_training_takes_as_long_as_it_has_epochs(pace: SharedPace) -> None:
    longer = measured(replace(CONFIG, epochs=1_000))
    assert longer.training_seconds > 100 * pace.training_seconds


def test_what_a_controller_does_is_part_of_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[object] = []
    monkeypatch.setattr(controller, "judge", lambda _, path, *__: judged.append(path) or {"val_accuracy": 0.5})
    measured(CONFIG, Experiment())
    assert len(judged) == 2 * TIMED_STEPS

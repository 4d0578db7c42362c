from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces.reference import reference
from trials.budget.length import Length
from trials.budget.measuring import Images, images_of, measured_pace, measured_shared_pace
from trials.experiment import Compute, DataConfig, Experiment, ObjectiveConfig
from trials.proxy import Proxy
from trials.training import timing
from trials.training_config import TrainingConfig

B0 = replace(reference("efficientnet-b0"), resolution=16)


def experiment_in(folder: Path) -> Experiment:
    return Experiment(
        data=DataConfig(name="digits", folder=str(folder), train_images=64, validation_images=50),
        resolution=16,
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.5, drop_strides=3, batch_norm_momentum=0.1),
        training=TrainingConfig(epochs=1, batch_size=32, warmup_epochs=0.1),
        compute=Compute(device="cpu", threads=1),
    )


@pytest.mark.parametrize(
    ("most", "default", "longest"),
    [
        (55_000, Length(images=55_000, epochs=2), Length(images=55_000, epochs=10)),
        (40_000, Length(images=40_000, epochs=3), Length(images=40_000, epochs=10)),
        (900_000, Length(images=135_000, epochs=1), Length(images=900_000, epochs=10)),
        (10_001, Length(images=10_001, epochs=13), Length(images=10_001, epochs=30)),
        (8_000, Length(images=8_000, epochs=4), Length(images=8_000, epochs=38)),
        (100, Length(images=100, epochs=30), Length(images=100, epochs=100)),
    ],
)
def test_common_lengths_are_those_of_the_experiments(most: int, default: Length, longest: Length) -> None:
    assert (Images(most=most).default, Images(most=most).longest) == (default, longest)


def test_a_network_alone_beside_shared_weights_sees_fewer_images() -> None:
    assert Images(most=55_000, alone=False).default == Length(images=32_000, epochs=1)


def test_the_images_are_those_that_validation_leaves(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path)
    more = replace(experiment, data=replace(experiment.data, validation_images=150))
    assert images_of(experiment).most - images_of(more).most == 100


def test_a_pace_gives_the_seconds_that_the_measured_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = timing.Pace(
        step_seconds=0.5, validation_seconds=0.01, steps=2, recalibration_steps=2, epochs=3, validation_images=50
    )
    monkeypatch.setattr("trials.budget.measuring.candidate_pace", lambda _network, _experiment: measured)
    pace = measured_pace([B0, B0], experiment_in(tmp_path))
    assert pace.batch == 32
    assert pace.seconds(Length(images=64, epochs=3)) == pytest.approx(measured.training_seconds)


def test_networks_are_really_trained_to_be_timed(tmp_path: Path) -> None:
    pace = measured_pace([B0], experiment_in(tmp_path))
    assert pace.step_seconds > 0
    assert pace.epoch_seconds > 0


def test_shared_weights_have_a_pace_and_judging_with_them_too(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path)
    shared = replace(experiment, objective=ObjectiveConfig(name="shared"))
    pace, score = measured_shared_pace([B0], shared)
    assert pace.batch == 32
    assert pace.epoch_seconds == score > 0
    assert pace.step_seconds > 0

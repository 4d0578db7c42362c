from __future__ import annotations

import pytest

from tests.trials.tiny import CPU, RESOLUTION, tiny_network, tiny_split
from trials.training.timing import Pace, measure_pace
from trials.training_config import TrainingConfig


def test_a_training_takes_its_steps_its_validation_and_its_recalibration() -> None:
    pace = Pace(
        step_seconds=0.3,
        validation_seconds=0.01,
        steps=10,
        recalibration_steps=2,
        epochs=4,
        validation_images=50,
    )
    assert pace.training_seconds == pytest.approx(4 * (10 * 0.3 + 50 * 0.01 + 2 * 0.1))


def test_a_few_batches_are_timed_and_all_are_counted() -> None:
    config = TrainingConfig(epochs=3, batch_size=8, warmup_epochs=0.1, recalibrate_batches=5)
    pace = measure_pace(tiny_network(), tiny_split(train=70), config, resolution=RESOLUTION, device=CPU, threads=1)
    assert (pace.steps, pace.epochs, pace.recalibration_steps, pace.validation_images) == (8, 3, 5, 30)
    assert 0 < pace.step_seconds < 10
    assert pace.training_seconds > 0

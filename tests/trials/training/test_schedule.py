from __future__ import annotations

import math

import pytest
import torch

from trials.training.schedule import learning_rate
from trials.training_config import TrainingConfig


def test_warm_up_is_linear_and_ends_at_the_given_rate() -> None:
    config = TrainingConfig(epochs=4, learning_rate=1.0, warmup_epochs=0.5)
    assert [learning_rate(config, step, 8) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert learning_rate(config, 4, 8) == 1.0


def test_cosine_is_that_of_torch() -> None:
    config = TrainingConfig(epochs=3, learning_rate=0.3, warmup_epochs=0)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3 * 7)
    for step in range(3 * 7):
        assert learning_rate(config, step, 7) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


def test_the_published_exponential_schedule() -> None:
    """Stairs of 2.4 epochs counted from step 0, the first five epochs replaced by the warm-up."""
    config = TrainingConfig(epochs=350, learning_rate=0.128, schedule="exponential", warmup_epochs=5)
    steps = 625  # 1,281,167 images in batches of 2,048
    assert learning_rate(config, 5 * steps - 1, steps) == 0.128
    for epoch in (5, 7.1, 7.2, 100, 349.9):
        expected = 0.128 * 0.97 ** math.floor(epoch / 2.4 + 1e-9)
        assert learning_rate(config, round(epoch * steps), steps) == pytest.approx(expected)


@pytest.mark.parametrize("schedule", ["cosine", "exponential"])
def test_one_step_is_enough(schedule: str) -> None:
    config = TrainingConfig(epochs=1, schedule=schedule, warmup_epochs=0.9)  # type: ignore[arg-type]
    assert learning_rate(config, 0, 1) == config.learning_rate

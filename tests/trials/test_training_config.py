from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.training_config import TrainingConfig


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("epochs", 0),
        ("epochs", 1.5),
        ("epochs", True),
        ("batch_size", 0),
        ("learning_rate", 0),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("momentum", 1),
        ("weight_decay", -1e-5),
        ("warmup_epochs", 5),
        ("warmup_epochs", -1),
        ("decay_rate", 1.01),
        ("decay_epochs", 0),
        ("label_smoothing", 1),
        ("ema_decay", 1),
        ("ema_decay", 0),
        ("recalibrate_batches", -1),
        ("crop_padding", -1),
        ("flip", 1),
        ("optimizer", "adam"),
        ("schedule", ["cosine"]),
        ("autocast", "fp16"),
    ],
)
def test_a_value_out_of_range_is_named(key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(TrainingConfig, {key: value})
    assert caught.value.key == key


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(InvalidInput, match=r"^momentum: got 0.*sgd takes 0 too"):
        validated(TrainingConfig, {"momentum": 0})
    assert validated(TrainingConfig, {"momentum": 0, "optimizer": "sgd"}).momentum == 0


def test_a_file_with_an_unknown_key_is_refused() -> None:
    assert validated(TrainingConfig, {"epochs": 3, "ema_decay": 0.99}).ema_decay == 0.99
    with pytest.raises(InvalidInput, match=r"^training\.lr: "):
        validated(TrainingConfig, {"lr": 0.1}, "training")
    with pytest.raises(InvalidInput, match=r"^training\.batch_size: got 0, "):
        validated(TrainingConfig, {"batch_size": 0}, "training")


def test_the_published_settings_can_be_said() -> None:
    config = TrainingConfig(
        epochs=350,
        batch_size=2048,
        optimizer="rmsprop",
        learning_rate=0.128,
        momentum=0.9,
        weight_decay=1e-5,
        schedule="exponential",
        decay_rate=0.97,
        decay_epochs=2.4,
        warmup_epochs=5,
        label_smoothing=0.1,
        ema_decay=0.9999,
    )
    assert config.learning_rate == pytest.approx(0.016 * config.batch_size / 256)


def test_reading_a_config_needs_no_torch() -> None:
    program = "import sys, trials.training_config, trials.training.schedule; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

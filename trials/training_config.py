"""The settings of one training, as they stand in an experiment file (no torch)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput

Optimizer = Literal["sgd", "rmsprop"]
Schedule = Literal["cosine", "exponential"]
Autocast = Literal["auto", "off", "bf16"]

LEAST_INTEGERS = {"epochs": 1, "batch_size": 1, "recalibrate_batches": 0, "crop_padding": 0, "cutout": 0}


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingConfig:
    """Say how a network is trained; the defaults are those of a short proxy of a few epochs.

    `learning_rate` is the rate at the end of the warm-up for the given `batch_size`; it is not rescaled.
    `weight_decay` spares biases and normalization. `decay_rate` every `decay_epochs` belongs to `exponential`.
    `ema_decay` validates an average of the weights; `recalibrate_batches` measures the statistics of batch
    normalization anew on that many training batches before each validation. `crop_padding` and `cutout` are in
    pixels of the stored image. `autocast` computes in bfloat16: `auto` on GPUs that can, never on a CPU.

    EfficientNet as published (github.com/tensorflow/tpu, models/official/efficientnet/main.py and utils.py; rate
    0.016 per 256 images): `epochs=350, batch_size=2048, optimizer="rmsprop", learning_rate=0.128, momentum=0.9,
    weight_decay=1e-5, schedule="exponential", decay_rate=0.97, decay_epochs=2.4, warmup_epochs=5,
    label_smoothing=0.1, ema_decay=0.9999`.

    Raises InvalidInput for a value out of its range.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    epochs: int = 5
    batch_size: int = 128
    optimizer: Optimizer = "sgd"
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-5
    schedule: Schedule = "cosine"
    warmup_epochs: float = 0.5
    decay_rate: float = 0.97
    decay_epochs: float = 2.4
    label_smoothing: float = 0.1
    ema_decay: float | None = None
    recalibrate_batches: int = 10
    flip: bool = False
    crop_padding: int = 0
    cutout: int = 0
    autocast: Autocast = "auto"

    def __post_init__(self) -> None:
        self._require_integers()
        self._require_numbers()
        self._require_names()

    def _require_integers(self) -> None:
        for name, least in LEAST_INTEGERS.items():
            value = getattr(self, name)
            accepted = isinstance(value, int) and not isinstance(value, bool) and value >= least
            _require(accepted, name, value, f"an integer of at least {least}")
        _require(isinstance(self.flip, bool), "flip", self.flip, "true or false")

    def _require_numbers(self) -> None:
        for name in ("learning_rate", "decay_epochs"):
            _require(_is_number(getattr(self, name), above=0), name, getattr(self, name), "a number above 0")
        for name in ("momentum", "label_smoothing"):
            value = getattr(self, name)
            _require(_is_number(value, least=0, below=1), name, value, "a number from 0 to below 1")
        _require(_is_number(self.weight_decay, least=0), "weight_decay", self.weight_decay, "a number of at least 0")
        in_range = _is_number(self.decay_rate, above=0) and self.decay_rate <= 1
        _require(in_range, "decay_rate", self.decay_rate, "a number above 0, at most 1")
        in_range = _is_number(self.warmup_epochs, least=0, below=self.epochs)
        _require(in_range, "warmup_epochs", self.warmup_epochs, f"a number from 0 to below epochs ({self.epochs})")
        in_range = self.ema_decay is None or _is_number(self.ema_decay, above=0, below=1)
        _require(in_range, "ema_decay", self.ema_decay, "null or a number between 0 and 1")

    def _require_names(self) -> None:
        for name, known in (("optimizer", Optimizer), ("schedule", Schedule), ("autocast", Autocast)):
            value = getattr(self, name)
            _require(value in get_args(known), name, value, ", ".join(get_args(known)))


def _is_number(value: object, *, least: float = -math.inf, above: float = -math.inf, below: float = math.inf) -> bool:
    """Say whether `value` is a finite number with `least <= value < below` and `above < value`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= least and value > above and value < below


def _require(accepted: bool, name: str, value: object, what: str) -> None:
    if not accepted:
        raise InvalidInput(name, value, what)

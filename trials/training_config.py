"""The settings of one training, as they stand in an experiment file (no torch)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from trials.duration import parse_duration

Optimizer = Literal["nesterov", "sgd", "rmsprop"]
Schedule = Literal["cosine", "exponential"]
Autocast = Literal["auto", "off", "bf16"]

AtLeastOne = Annotated[int, Field(ge=1)]
AtLeastZero = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
BelowOne = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingConfig:
    """Say how a network is trained; the defaults are those of a short proxy of a few epochs.

    `learning_rate` is the rate at the end of the warm-up for the given `batch_size`; it is not rescaled.
    `nesterov` is SGD with Nesterov's momentum. `zero_init_residual` starts every residual block as its shortcut.
    `weight_decay` spares biases and normalization. `decay_rate` every `decay_epochs` belongs to `exponential`.
    `ema_decay` validates an average of the weights; `recalibrate_batches` measures the statistics of batch
    normalization anew on that many training batches before each validation. `crop_padding` and `cutout` are in
    pixels of the stored image. `autocast` computes in bfloat16: `auto`: batches of a million pixels or more
    on GPUs that can, never on a CPU.

    EfficientNet as published (github.com/tensorflow/tpu, models/official/efficientnet/main.py and utils.py; rate
    0.016 per 256 images): `epochs=350, batch_size=2048, optimizer="rmsprop", learning_rate=0.128, momentum=0.9,
    weight_decay=1e-5, schedule="exponential", decay_rate=0.97, decay_epochs=2.4, warmup_epochs=5,
    label_smoothing=0.1, zero_init_residual=False, ema_decay=0.9999`.

    `budget` is what one candidate's training may take (60s, or a share of the whole budget such as 5%); `nas run`,
    `nas qa` and `scale search` make `epochs` of it, and of nothing else does it say anything.
    `validated` refuses a value out of its range; a warm-up as long as the training raises InvalidInput here.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    epochs: AtLeastOne = 5
    batch_size: AtLeastOne = 128
    optimizer: Optimizer = "nesterov"
    learning_rate: Positive = 0.1
    momentum: BelowOne = 0.9
    weight_decay: NotNegative = 5e-5
    schedule: Schedule = "cosine"
    warmup_epochs: NotNegative = 0.5
    decay_rate: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.97
    decay_epochs: Positive = 2.4
    label_smoothing: BelowOne = 0.1
    zero_init_residual: bool = True
    ema_decay: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None = None
    recalibrate_batches: AtLeastZero = 10
    flip: bool = False
    crop_padding: AtLeastZero = 0
    cutout: AtLeastZero = 0
    autocast: Autocast = "auto"
    budget: int | float | str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.budget is not None and parse_share(self.budget) is None:
            parse_duration("budget", self.budget)
        if not self.warmup_epochs < self.epochs:
            accepted = f"a number from 0 to below epochs ({self.epochs})"
            raise InvalidInput("warmup_epochs", self.warmup_epochs, accepted)
        if self.optimizer == "nesterov" and not self.momentum:
            raise InvalidInput("momentum", self.momentum, "a number above 0 and below 1; sgd takes 0 too")


def parse_share(written: object) -> float | None:
    """Return the share that a text such as 5% says; None where it says none. Raises InvalidInput for one of nothing.

    >>> parse_share("5%"), parse_share("60s")
    (0.05, None)
    """
    if not isinstance(written, str) or not written.strip().endswith("%"):
        return None
    try:
        share = float(written.strip()[:-1]) / 100
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise InvalidInput("budget", written, "a time such as 60s, or a share of the whole budget such as 5%")
    return share

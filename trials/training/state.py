"""The state that a training carries from epoch to epoch, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import nn

from trials.training.ema import MovingAverage
from trials.training.optimizers import make_optimizer
from trials.training_config import TrainingConfig


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One epoch, counted from 1: mean training loss, validation accuracy in [0, 1] and loss, wall-clock seconds."""

    epoch: int
    train_loss: float
    val_accuracy: float
    val_loss: float
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingResult:
    """All epochs of a finished training; what counts is the last one, never the best."""

    history: tuple[EpochResult, ...]

    @property
    def val_accuracy(self) -> float:
        """Return the validation accuracy in [0, 1] after the last epoch."""
        return self.history[-1].val_accuracy

    @property
    def val_loss(self) -> float:
        """Return the validation loss after the last epoch."""
        return self.history[-1].val_loss

    @property
    def seconds(self) -> float:
        """Return the seconds of all epochs, those before an interruption included."""
        return sum(result.seconds for result in self.history)


class Companion(Protocol):
    """What learns beside a network, and is kept with it."""

    def state_dict(self) -> dict[str, Any]:
        """Return its state as tensors and plain values."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from such a state. Raises KeyError, TypeError or ValueError for another one."""


@dataclass(kw_only=True, slots=True)
class TrainingState:
    """The network being trained, its optimizer, its average where one is kept, and the epochs so far.

    A `companion` learns beside the network.
    """

    network: nn.Module
    optimizer: torch.optim.Optimizer
    average: MovingAverage | None
    history: list[EpochResult] = field(default_factory=list)
    companion: Companion | None = None

    @property
    def judged(self) -> nn.Module:
        """Return the network to validate: the average where one is kept."""
        return self.network if self.average is None else self.average.network


def start(network: nn.Module, config: TrainingConfig) -> TrainingState:
    """Return the state before the first step."""
    average = None if config.ema_decay is None else MovingAverage(network, config.ema_decay)
    return TrainingState(network=network, optimizer=make_optimizer(network, config), average=average)

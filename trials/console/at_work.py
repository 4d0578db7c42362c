"""Candidates at work: how far each is, how long it may still take, and what is left of the whole. No torch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Training:
    """A candidate at work: name, beginning (monotonic seconds), last epoch of how many, accuracy there."""

    name: str
    since: float
    epochs: int | None = None
    epoch: int = 0
    accuracy: float | None = None


@dataclass(kw_only=True)
class AtWork:
    """What is being evaluated, by number, and how long what finished took."""

    clock: Callable[[], float] = time.monotonic
    trainings: dict[int, Training] = field(default_factory=dict)
    _seconds: dict[int, float] = field(default_factory=dict)

    def begin(self, number: int, name: str, epochs: int | None = None) -> None:
        """Take in a candidate whose evaluation begins; `epochs` None: it has none."""
        self.trainings[number] = Training(name=name, since=self.clock(), epochs=epochs)

    def report(self, number: int, epoch: int, accuracy: float) -> None:
        """Take in how far a candidate is."""
        if number in self.trainings:
            self.trainings[number].epoch, self.trainings[number].accuracy = epoch, accuracy

    def end(self, number: int, seconds: float | None = None) -> None:
        """Take in a candidate that ended, after as many seconds as were seen here unless they are told."""
        training = self.trainings.pop(number, None)
        if training is not None:
            seconds = self.clock() - training.since
        if seconds:
            self._seconds.setdefault(number, seconds)

    def seconds_left(self, candidates: int) -> float | None:
        """Return the seconds that `candidates`, with those at work among them, may take; None before one epoch."""
        each = self._seconds_each()
        if each is None:
            return None
        begun = sum(min(self.clock() - training.since, each) for training in list(self.trainings.values()))
        return max(0.0, candidates * each - begun) / max(1, len(self.trainings))

    def lines(self) -> list[str]:
        """Return a line for each candidate at work: epoch, accuracy so far, seconds so far."""
        return [self._line(training) for training in list(self.trainings.values())]

    def _line(self, training: Training) -> str:
        of = f"/{training.epochs}" if training.epochs else ""
        epoch = f"  epoch {training.epoch}{of} done" if training.epoch or of else ""
        accuracy = "" if training.accuracy is None else f"  accuracy {training.accuracy:.4f}"
        return f"{training.name}{epoch}{accuracy}  {self.clock() - training.since:.0f} s so far"

    def _seconds_each(self) -> float | None:
        if self._seconds:
            return sum(self._seconds.values()) / len(self._seconds)
        known = [
            (self.clock() - training.since) * training.epochs / training.epoch
            for training in list(self.trainings.values())
            if training.epoch and training.epochs
        ]
        return sum(known) / len(known) if known else None

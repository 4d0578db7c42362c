"""The length of a training: seconds as images and epochs, and back, at a pace that was measured. Pure. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trials.derivation import LEAST_STEPS

MOST_EPOCHS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """A training on `images` training images for `epochs` passes."""

    images: int
    epochs: int

    @property
    def seen(self) -> int:
        """Number of images that the network sees."""
        return self.images * self.epochs


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast networks are trained: seconds of a step on `batch` images, and of what each epoch needs beside them."""

    batch: int
    step_seconds: float
    epoch_seconds: float = 0.0

    def seconds(self, length: Length) -> float:
        """Return the seconds of a training."""
        return length.epochs * (self.epoch_seconds + math.ceil(length.images / self.batch) * self.step_seconds)

    def length(self, seconds: float, *, most: int, images: int | None = None, least_epochs: int = 1) -> Length:
        """Return the training that takes about so many seconds, with images all different as far as there are `most`.

        `images` in an epoch, where they are given, stand. An epoch has 20 steps at least.
        """
        if images is not None:
            epochs = round(seconds / self.seconds(Length(images=images, epochs=1)))
            return Length(images=images, epochs=min(MOST_EPOCHS, max(least_epochs, epochs)))
        epoch = self.seconds(Length(images=most, epochs=1))
        epochs = min(MOST_EPOCHS, max(least_epochs, math.ceil(seconds / epoch - 1e-9)))
        steps = (seconds / epochs - self.epoch_seconds) / self.step_seconds
        least = min(most, LEAST_STEPS * self.batch)
        return Length(images=max(least, min(most, round(steps * self.batch))), epochs=epochs)


def mean_pace(paces: Sequence[Pace]) -> Pace:
    """Return the mean pace of several networks."""
    return Pace(
        batch=paces[0].batch,
        step_seconds=sum(one.step_seconds for one in paces) / len(paces),
        epoch_seconds=sum(one.epoch_seconds for one in paces) / len(paces),
    )

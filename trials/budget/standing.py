"""What of a training stands, as it was written or as a study began it; what follows from a budget. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from search_spaces.errors import InvalidInput
from trials.budget.begun import Begun
from trials.budget.length import Length, Pace
from trials.budget.written import is_written
from trials.experiment import Experiment
from trials.training_config import TrainingConfig

Kind = TypeVar("Kind", bound=Experiment)
Settings = Mapping[str, Any]
EPOCHS, IMAGES, SHARED_EPOCHS, BUDGET = (
    "training.epochs",
    "data.train_images",
    "objective.training.epochs",
    "training.budget",
)


def standing_images(experiment: Experiment, written: Settings, begun: Begun | None, most: int) -> int | None:
    """Return the number of training images that stands; None where it follows from the budget."""
    if is_written(written, IMAGES):
        return experiment.data.train_images
    return None if begun is None else begun.training[IMAGES] or most


def standing_epochs(key: str, own: int, written: Settings, begun: Begun | None) -> int | None:
    """Return the number of epochs that stands under a key, `own` where it was written; None where it follows.

    Raises InvalidInput where the epochs of a candidate are written and their time is, too.
    """
    if is_written(written, key):
        if key == EPOCHS and is_written(written, BUDGET):
            raise InvalidInput(EPOCHS, own, f"nothing beside {BUDGET}, from which it follows")
        return own
    return None if begun is None else begun.training[key]


def standing_length(experiment: Experiment, written: Settings, begun: Begun | None, most: int) -> Length | None:
    """Return the training of a candidate that stands; None where it follows from the budget."""
    epochs = standing_epochs(EPOCHS, experiment.training.epochs, written, begun)
    if epochs is None:
        return None
    images = standing_images(experiment, written, begun, most) or experiment.data.train_images or most
    return Length(images=images, epochs=epochs)


def length_within(
    seconds: float,
    pace: Pace,
    experiment: Experiment,
    written: Settings,
    begun: Begun | None,
    most: int,
    *,
    beyond: Sequence[int] = (),
) -> Length:
    """Return the training of a candidate that takes about so many seconds, on the images that stand.

    It ends after the warm-up and after the epochs that it goes `beyond`.
    """
    return pace.length(
        seconds,
        most=most,
        images=standing_images(experiment, written, begun, most),
        least_epochs=max((least_epochs(experiment.training), *(epoch + 1 for epoch in beyond))),
    )


def with_length(experiment: Kind, length: Length, most: int) -> Kind:
    """Return the experiment with a training of that length for each candidate."""
    return replace(
        experiment,
        data=replace(experiment.data, train_images=None if length.images == most else length.images),
        training=replace(experiment.training, epochs=length.epochs, budget=None),
    )


def least_epochs(training: TrainingConfig) -> int:
    """Return the smallest number of epochs beyond the warm-up."""
    return int(training.warmup_epochs) + 1

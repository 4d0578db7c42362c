"""How far validation accuracies can be trusted: standard errors, chance, ties. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trials.experiment import Experiment
from trials.training.equipment import load_split

SIGNIFICANCE = 0.05
STANDARD_ERRORS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Validation:
    """What accuracies are measured on: the number of validation images and the largest class's share of them."""

    images: int
    largest_share: float


def validation_of(experiment: Experiment) -> Validation | None:
    """Return the validation part that candidates are judged on; None where they are not trained here."""
    if not experiment.objective.uses_torch or experiment.objective.measure != "val_accuracy":
        return None
    labels = load_split(experiment.data).validation_labels
    return Validation(images=len(labels), largest_share=int(labels.bincount().max()) / len(labels))


def standard_error(accuracy: float, images: int) -> float:
    """Return the standard error of an accuracy that was measured on so many images.

    >>> round(standard_error(0.5, 2500), 3)
    0.01
    """
    return math.sqrt(accuracy * (1 - accuracy) / images)


def is_at_chance(accuracy: float, validation: Validation, candidates: int) -> bool:
    """Tell whether the best of so many candidates may as well have always answered with the largest class.

    One-sided binomial test of its correct answers, with Bonferroni's correction for the number of candidates.
    """
    from scipy.stats import binomtest

    correct = round(accuracy * validation.images)
    test = binomtest(correct, validation.images, validation.largest_share, alternative="greater")
    return bool(test.pvalue * candidates > SIGNIFICANCE)


def indistinguishable(values: Sequence[float], error: float) -> int:
    """Return how many of the values, best first, are within two standard errors of the best.

    >>> indistinguishable([0.90, 0.89, 0.87, 0.85], error=0.01)
    2
    """
    return sum(values[0] - value <= STANDARD_ERRORS * error for value in values)

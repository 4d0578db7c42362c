"""The figure of merit of maps: the share on the object, its mean and interval for each network. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grid_search.maps.objects import Mask
from trials.statistics import mean_interval

if TYPE_CHECKING:
    from grid_search.maps.looking import Look
    from grid_search.maps.trained import Subject

LOOKING_ONLY = (
    "The pictures are for looking only: no boxes or masks were given (--boxes), so nothing here measures whether a "
    "network looks at the object."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Merit:
    """How much of a network's maps is on the object: mean in [0, 1] with its 95 % interval over `pictures`.

    `empty` maps are 0 everywhere and are left out. Without objects `pictures` is 0 and the figures are NaN.
    """

    role: str
    mean: float
    low: float
    high: float
    pictures: int
    empty: int


def merit_of(role: str, looks: Sequence[Look], masks: Sequence[Mask | None]) -> Merit:
    """Return the merit of the maps of one network."""
    shares = np.array([one.inside for one in looks if one.inside is not None], dtype=np.float64)
    objects = sum(mask is not None for mask in masks)
    mean, low, high = mean_interval(shares) if len(shares) else (math.nan,) * 3
    return Merit(role=role, mean=mean, low=low, high=high, pictures=len(shares), empty=objects - len(shares))


def area_share(masks: Sequence[Mask | None]) -> float:
    """Return the mean share of a picture that its object covers: what a map has there that is everywhere the same."""
    areas = [float(mask.mean()) for mask in masks if mask is not None]
    return sum(areas) / len(areas) if areas else math.nan


def sentences(merits: Sequence[Merit], masks: Sequence[Mask | None]) -> list[str]:
    """Say what the figures mean, or that there are none."""
    measured = sum(mask is not None for mask in masks)
    if not measured:
        return [LOOKING_ONLY]
    told = [
        f"On {measured} pictures with a known object, which covers {percent(area_share(masks))} of them on average: "
        "a map that says nothing has that share on the object."
    ]
    return told + [
        f"{one.role}: {one.empty} of {measured} maps are 0 everywhere and are left out." for one in merits if one.empty
    ]


def percent(value: float) -> str:
    """Return a share as people say it; nothing for one that is not known.

    >>> percent(0.1234), percent(math.nan)
    ('12.3 %', '')
    """
    return "" if math.isnan(value) else f"{100 * value:.1f} %"


def interval_text(merit: Merit) -> str:
    """Return the interval of a mean; nothing where it is not known."""
    return "" if math.isnan(merit.low) else f"{100 * merit.low:.1f} to {100 * merit.high:.1f} %"


def accuracy_text(subject: Subject) -> str:
    """Return the validation accuracy of a network that was trained here."""
    return "" if subject.val_accuracy is None else f"{subject.val_accuracy:.4f}"

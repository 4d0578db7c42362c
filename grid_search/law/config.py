"""The `scale.law` section of an experiment. No torch, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput

Ratio = Annotated[float, Field(gt=0, le=64, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, slots=True)
class LawConfig:
    """Which networks a scaling law is fitted to.

    They cost from `cheapest` to `dearest` baselines. A spread of them is trained first, then `batch` at a time, where
    the answer is narrowed most per second, until the answer is expected to be within `sharp` points of accuracy of the
    best, or `trainings` were spent.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    cheapest: Ratio = 0.25
    dearest: Ratio = 2.0
    trainings: Annotated[int, Field(ge=4, le=10_000)] = 16
    batch: Annotated[int, Field(ge=1, le=1_000)] = 2
    sharp: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.05

    def __post_init__(self) -> None:
        if self.dearest < 1.5 * self.cheapest:
            raise InvalidInput("dearest", self.dearest, f"at least 1.5 * cheapest ({1.5 * self.cheapest:g})")

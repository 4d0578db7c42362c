"""The `nas` section of an experiment. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.reference import REFERENCES


@dataclass(frozen=True, kw_only=True, slots=True)
class NasConfig:
    """How stage 1 searches: the sampler, the number of candidates to evaluate, the published networks beside them.

    `storage` is an Optuna storage URL; None keeps a journal file among the results.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    sampler: str = "evolution"
    trials: int = 100
    references: tuple[str, ...] = ("efficientnet-b0",)
    storage: str | None = None

    def __post_init__(self) -> None:
        from nas.samplers import SAMPLERS

        if self.sampler not in SAMPLERS:
            raise InvalidInput("sampler", self.sampler, SAMPLERS)
        if not 1 <= self.trials <= 10_000_000:
            raise InvalidInput("trials", self.trials, "an integer from 1 to 10000000")
        for index, name in enumerate(self.references):
            if name not in REFERENCES:
                raise InvalidInput(f"references.{index}", name, REFERENCES)

"""Candidates, and the outcomes of their evaluation. No torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from trials.study.attributes import FAILURE, METRICS, STOPPED

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

Metrics = dict[str, float]
Report = Callable[[int, float], None]  # (step, val_accuracy so far); raises Stopped where the trial should end
Evaluate = Callable[["Candidate", Report], Metrics]


@runtime_checkable
class Begins(Protocol):
    """An evaluation with work to do once, before the first candidate."""

    def begin(self, tell: Callable[[str], None]) -> None:
        """Do it, or what is left of it; `tell` shows a line to the user."""


@runtime_checkable
class Ends(Protocol):
    """An evaluation that holds something until no more candidates come."""

    def end(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One trial to be evaluated: which network, at which seed, at what known cost. Small and picklable."""

    number: int
    trial_id: int
    architecture: Architecture
    seed: int
    cost: Cost
    labels: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What an evaluation ended with: metrics (`val_accuracy` in [0, 1] among them), or the reason it failed."""

    metrics: Metrics = field(default_factory=dict)
    failure: str | None = None
    stopped: bool = False
    seconds: float = 0.0

    def as_attributes(self) -> dict[str, Any]:
        """Return what a study keeps of it in the attributes of its trial."""
        if self.failure is not None:
            return {FAILURE: self.failure}
        return {STOPPED: True} if self.stopped else {METRICS: dict(self.metrics)}

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Outcome | None:
        """Return what `as_attributes` made attributes of; None where an evaluation has not ended."""
        known = {name: attributes[name] for name in (METRICS, FAILURE, STOPPED) if name in attributes}
        return cls(**known) if known else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """A candidate, what its evaluation ended with, and the trial that records it."""

    candidate: Candidate
    outcome: Outcome
    trial: FrozenTrial


class Stopped(Exception):
    """A pruner ended the trial early; its intermediate values are already in the study."""


class Failed(Exception):
    """An evaluation ended without metrics; its text is the reason as the user is to read it."""


def derive_seed(study_seed: int, number: int) -> int:
    """Return the seed of everything random in one trial, from the study's seed and the trial's number."""
    return int(np.random.SeedSequence([study_seed, number]).generate_state(1, np.uint64)[0] >> 1)


def ignore_reports(_step: int, _value: float) -> None:
    """Take no notice of intermediate values."""

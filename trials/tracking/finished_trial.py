"""What trackers are told of a trial that ended. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from trials.study.attributes import PLANNED
from trials.study.candidate import Finished


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishedTrial:
    """A trial of a study: its parameters, its finite figures, how it ended and when.

    `figures` are the values of the study (`value`, or `value_0`, `value_1`), the metrics of the objective, and the
    cost of the network.
    """

    study: str
    number: int
    name: str
    parameters: Mapping[str, Any]
    figures: Mapping[str, float]
    state: str
    reason: str
    began: datetime | None
    ended: datetime | None


class Tracker(Protocol):
    """Takes trials as they end."""

    def add(self, trial: FinishedTrial) -> None:
        """Take in one trial."""

    def close(self) -> None:
        """Write what waits."""


def told(study: str, finished: Finished) -> FinishedTrial:
    """Return what there is to tell of a trial; `study` is the study's name."""
    trial, outcome = finished.trial, finished.outcome
    values = trial.values or []
    named = {"value": values[0]} if len(values) == 1 else {f"value_{place}": one for place, one in enumerate(values)}
    figures = {**asdict(finished.candidate.cost), **outcome.metrics, **named, "seconds": outcome.seconds}
    return FinishedTrial(
        study=study,
        number=trial.number,
        name=str(finished.candidate.labels.get(PLANNED, f"trial {trial.number}")),
        parameters=trial.params,
        figures={name: float(value) for name, value in figures.items() if _is_finite(value)},
        state=trial.state.name.lower(),
        reason=outcome.failure or "",
        began=trial.datetime_start,
        ended=trial.datetime_complete,
    )


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)

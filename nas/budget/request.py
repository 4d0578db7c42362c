"""What the plan of a search is made of. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nas.config import NasExperiment
from nas.search.references import split_references
from trials.budget.begun import Begun
from trials.budget.pacing import MOST_TRIALS, seconds_to_evaluate
from trials.budget.written import candidate_seconds, is_written
from trials.resolving import space_of
from trials.study.clock import Clock

TRIALS = "nas.trials"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a plan is made of: the experiment, what was `written` of it, the study that goes on, the time there is."""

    experiment: NasExperiment
    written: Mapping[str, Any]
    begun: Begun | None
    clock: Clock
    folder: Path

    @property
    def seconds(self) -> float:
        """Seconds left to evaluate in, of all candidates that run at a time together; at least one."""
        return seconds_to_evaluate(self.clock, self.experiment.compute.at_once)

    @property
    def each(self) -> float | None:
        """Seconds that one candidate may take, where that is written."""
        budget = self.experiment.budget
        return candidate_seconds(self.experiment.training.budget, None if budget is None else float(budget))

    @property
    def candidates(self) -> int | None:
        """The number of candidates that stands, None where as many are evaluated as fit."""
        stands = is_written(self.written, TRIALS) or self.experiment.budget is None
        evaluated = self.begun.evaluated if self.begun else 0
        return max(1, self.experiment.nas.trials - evaluated) if stands else None

    @property
    def references(self) -> int:
        """Number of networks to be evaluated beside the candidates."""
        return 0 if self.begun else len(split_references(self.experiment)[0])

    @property
    def references_alone(self) -> int:
        """Number of networks that are trained beside finalists, where there are any."""
        nas = self.experiment.nas
        return len(nas.references) if nas.finalists else 0

    def counted(self, candidates: float) -> NasExperiment:
        """Return the experiment with so many further candidates."""
        evaluated = self.begun.evaluated if self.begun else 0
        whole = min(evaluated + max(1.0, candidates), space_of(self.experiment).size, MOST_TRIALS)
        return replace(self.experiment, nas=replace(self.experiment.nas, trials=int(whole)))

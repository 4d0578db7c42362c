"""The plan of a search within a budget, whatever candidates are judged by. No torch until something is measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.budget.request import Request
from nas.config import NasExperiment
from search_spaces.errors import InvalidInput
from trials.budget.begun import begun_study
from trials.budget.pacing import Pacing, Plan
from trials.budget.standing import BUDGET
from trials.duration import duration
from trials.study.clock import Clock


def plan_search(experiment: NasExperiment, written: Mapping[str, Any], out: Path, began: float) -> Plan[NasExperiment]:
    """Divide the budget of an experiment, if it has one, by a pace that is measured now.

    `began` is when the command did, by `time.monotonic`. Raises InvalidInput for budgets that cannot be kept.
    """
    if experiment.budget is None and experiment.training.budget is None:
        return Plan(experiment=experiment)
    folder = out.absolute() / experiment.name / "nas"
    request = Request(
        experiment=experiment,
        written=written,
        begun=begun_study(folder, f"{experiment.name}/nas/candidates", experiment.nas.storage),
        clock=Clock(seconds=math.inf if experiment.budget is None else float(experiment.budget), began=began),
        folder=folder,
    )
    objective = experiment.objective
    if not objective.uses_torch or objective.name == "zero-cost":
        return _plan_untrained(request)
    if objective.name == "shared":
        from nas.budget.shared import plan_shared

        return plan_shared(request)
    from nas.budget.trainings import plan_trainings

    return plan_trainings(request)


def _plan_untrained(request: Request) -> Plan[NasExperiment]:
    if request.each is not None:
        accepted = "nothing with this objective: candidates are not trained here"
        raise InvalidInput(BUDGET, request.experiment.training.budget, accepted)
    open_ended = request.candidates is None
    pacing = Pacing(clock=request.clock, at_least={"candidates": 1}, open_ended=open_ended)
    many = "as many candidates as fit" if open_ended else f"at most {request.experiment.nas.trials:,} candidates"
    return Plan(experiment=request.experiment, pacing=pacing, lines=(f"{duration(request.clock.seconds)} for {many}",))

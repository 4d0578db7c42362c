"""A search whose candidates are trained, within a budget: how many, and how long each."""

from __future__ import annotations

from dataclasses import replace

from nas.budget.request import Request
from nas.config import NasExperiment
from nas.finalists.run import MOST_SEEDS
from nas.samplers import PARETO
from nas.search.curves import FIRST
from nas.search.pruners import make_pruner
from search_spaces.errors import InvalidInput
from trials.budget.division import Division, divide
from trials.budget.length import Pace
from trials.budget.measuring import images_of
from trials.budget.pacing import Pacing, Plan
from trials.budget.pictures import afforded
from trials.budget.sampling import networks_within
from trials.budget.standing import with_length
from trials.budget.words import doubts
from trials.budget.written import is_written
from trials.check.findings import counted
from trials.duration import duration

FEWEST_EPOCHS = 3  # of a training that can be stopped before it is nearly over
STOPS = (
    f"the first {FIRST} are trained to their end; after that a training ends early where its curve says that it will "
    "not be the best, and further candidates follow"
)


def plan_trainings(request: Request) -> Plan[NasExperiment]:
    """Divide the budget between candidates and the length of their trainings."""
    experiment, images = request.experiment, images_of(request.experiment)
    finalists = (experiment.nas.finalists + request.references_alone) * MOST_SEEDS
    others = request.references + finalists

    def division(pace: Pace, length: float | None) -> Division:
        default, longest = pace.seconds(images.default), pace.seconds(images.longest)
        candidates = request.candidates
        return divide(request.seconds, default, others=others, longest=longest, candidates=candidates, length=length)

    def seconds_of(pace: Pace) -> float:
        return request.each or division(pace, None).seconds

    networks = networks_within(experiment)
    found = afforded(experiment, request.written, request.begun, images, networks, seconds_of)
    each = found.seconds
    count = division(found.pace, each).candidates
    counted_on = replace(request, experiment=found.experiment).counted(count)
    planned = with_stops(request, with_length(counted_on, found.length, images.most))
    warnings = doubts(found.length, images.default)
    if experiment.budget is None:
        return Plan(experiment=planned, lines=(f"candidates are {found.told}",), warnings=warnings)
    kept = finalists * each / experiment.compute.at_once
    pacing = Pacing(
        clock=request.clock,
        expected=dict.fromkeys(("references", "candidates", "finalists"), each),
        kept={"references": kept, "candidates": kept},
        at_least={"candidates": 1},
        open_ended=request.candidates is None,
    )
    beside = f" and {counted(others, 'training')} beside them" if others else ""
    told = f"{duration(request.clock.seconds)} for about {count} candidates{beside}, {found.told}"
    lines = (told, STOPS) if planned.nas.pruner == "curves" else (told,)
    return Plan(experiment=planned, pacing=pacing, lines=lines, warnings=warnings)


def with_stops(request: Request, planned: NasExperiment) -> NasExperiment:
    """Return the experiment with trainings stopped by their curves, where that leaves time for further candidates.

    What was written stands, and what a study began with.
    """
    nas, fixed = planned.nas, is_written(request.written, "nas.pruner") or request.candidates is not None
    if fixed or nas.sampler in PARETO or nas.batch is not None or planned.training.epochs < FEWEST_EPOCHS:
        return planned
    pruner = "curves" if request.begun is None else request.begun.pruner
    changed = replace(planned, nas=replace(nas, pruner=pruner))
    try:
        make_pruner(pruner, changed)
    except InvalidInput:  # no value is known before the end
        return planned
    return changed

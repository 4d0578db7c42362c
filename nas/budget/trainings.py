"""A search whose candidates are trained, within a budget: how many, and how long each."""

from __future__ import annotations

from nas.budget.request import Request
from nas.config import NasExperiment
from nas.finalists.run import MOST_SEEDS
from trials.budget.division import divide
from trials.budget.measuring import images_of, measured_pace
from trials.budget.pacing import Pacing, Plan
from trials.budget.sampling import networks_within
from trials.budget.standing import least_epochs, standing_images, standing_length, with_length
from trials.budget.words import doubts, trained_on
from trials.duration import duration


def plan_trainings(request: Request) -> Plan[NasExperiment]:
    """Divide the budget between candidates and the length of their trainings."""
    experiment, images = request.experiment, images_of(request.experiment)
    length = standing_length(experiment, request.written, request.begun, images.most)
    pace = measured_pace(networks_within(experiment), experiment)
    default, longest = pace.seconds(images.default), pace.seconds(images.longest)
    finalists = (experiment.nas.finalists + request.references_alone) * MOST_SEEDS
    others = request.references + finalists
    if length is None:
        seconds = request.each
        if seconds is None:
            divided = divide(request.seconds, default, others=others, longest=longest, candidates=request.candidates)
            seconds = divided.seconds
        length = pace.length(
            seconds,
            most=images.most,
            images=standing_images(experiment, request.written, request.begun, images.most),
            least_epochs=least_epochs(experiment.training),
        )
    each = pace.seconds(length)
    count = request.candidates
    if count is None:
        count = divide(request.seconds, default, others=others, length=each).candidates
    planned = with_length(request.counted(count), length, images.most)
    goes_on = "; the study goes on with the training it began with" if request.begun else ""
    line = f"each trained on {trained_on(length)}, about {duration(each)}{goes_on}"
    warnings = doubts(length, images.default)
    if experiment.budget is None:
        return Plan(experiment=planned, lines=(f"candidates are {line}",), warnings=warnings)
    kept = finalists * each / experiment.compute.at_once
    pacing = Pacing(
        clock=request.clock,
        expected=dict.fromkeys(("references", "candidates", "finalists"), each),
        kept={"references": kept, "candidates": kept},
        at_least={"candidates": 1},
        open_ended=request.candidates is None,
    )
    beside = f" and {others} training{'s' * (others > 1)} beside them" if others else ""
    told = f"{duration(request.clock.seconds)} for about {count} candidates{beside}, {line}"
    return Plan(experiment=planned, pacing=pacing, lines=(told,), warnings=warnings)

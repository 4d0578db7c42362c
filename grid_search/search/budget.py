"""A scaling search within a budget of time: how many candidates and seeds, each trained for how long."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grid_search.compound_scaling import scale
from grid_search.config import ScaleConfig, ScaleExperiment
from grid_search.grid.enumeration import Grid
from grid_search.law.design import first_shapes
from grid_search.search.candidates import CONTROL_ROLES, spread
from grid_search.search.ground import Ground, ground_of
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.accounting import with_accuracies
from trials.budget.begun import begun_study
from trials.budget.division import ScaleDivision, divide_scaling
from trials.budget.length import Pace
from trials.budget.pacing import Pacing, Plan, seconds_to_evaluate
from trials.budget.standing import BUDGET, with_length
from trials.budget.words import doubts
from trials.budget.written import candidate_seconds, is_written
from trials.duration import duration
from trials.study.clock import Clock

TIMED = 3
CONTROLS = len(CONTROL_ROLES) + 2  # the baseline and the paper's coefficients beside the single axes
STUDY = "candidates"
RESULTS_S = 8.0  # for the answer, its plots, the family and the report: `scale report` takes about as long alone


def plan_scale_search(
    experiment: ScaleExperiment, written: Mapping[str, Any], out: Path, began: float
) -> Plan[ScaleExperiment]:
    """Divide the budget of an experiment, if it has one, by a pace that is measured now.

    `began` is when the command did, by `time.monotonic`. Raises InvalidInput for budgets that cannot be kept, and for
    experiments and baselines that cannot be used.
    """
    if experiment.budget is None and experiment.training.budget is None:
        return Plan(experiment=experiment)
    seconds = math.inf if experiment.budget is None else float(experiment.budget)
    clock = Clock(seconds=seconds, began=began)
    alone = with_accuracies(experiment, "scale search")
    if alone.objective.uses_torch:
        return _plan_trainings(alone, written, out, clock)
    if experiment.training.budget is not None:
        accepted = "nothing with this objective: candidates are not trained here"
        raise InvalidInput(BUDGET, experiment.training.budget, accepted)
    pacing = Pacing(clock=clock, open_ended=not is_written(written, "scale.repeats"))
    line = f"{duration(seconds)} for {alone.scale.candidates} candidates, their controls and as many seeds as fit"
    return Plan(experiment=experiment, pacing=pacing, lines=(line,))


def _plan_trainings(
    experiment: ScaleExperiment, written: Mapping[str, Any], out: Path, clock: Clock
) -> Plan[ScaleExperiment]:
    from trials.budget.measuring import images_of
    from trials.budget.pictures import afforded

    images, config = images_of(experiment), experiment.scale
    folder = out.absolute() / experiment.name / "scale"
    begun = begun_study(folder, f"{experiment.name}/scale", config.storage)
    ground = ground_of(replace(experiment, scale=replace(config, rungs=())), out)
    stated = candidate_seconds(experiment.training.budget, None if experiment.budget is None else clock.seconds)

    def seconds() -> float:
        return seconds_to_evaluate(clock, experiment.compute.at_once)

    def seconds_of(pace: Pace) -> float:
        default, longest = pace.seconds(images.default), pace.seconds(images.longest)
        return stated or _divided(experiment, written, seconds(), default, longest=longest).seconds

    networks = timed_networks(ground, config)
    found = afforded(experiment, written, begun, images, networks, seconds_of, beyond=config.rungs)
    default, each = found.pace.seconds(images.default), found.seconds
    warnings = doubts(found.length, images.default)
    planned = with_length(found.experiment, found.length, images.most)
    if experiment.budget is None:
        return Plan(experiment=planned, lines=(f"networks are {found.told}",), warnings=warnings)
    # a study that goes on is divided as a whole, what was trained before included
    whole = seconds() + (begun.evaluated * each if begun else 0.0)
    division = _divided(experiment, written, whole, default, length=each)
    scaled = replace(config, repeats=division.repeats)
    if config.method == "grid":
        scaled = replace(scaled, candidates=division.candidates)
    planned = replace(planned, scale=scaled)
    open_ended = not is_written(written, "scale.repeats")
    best = f"{config.leaders} best" if config.method == "grid" else "answer"
    seeds = f"{division.repeats} seeds of the {best} and of the controls{' or more' * open_ended}"
    what = "candidates" if config.method == "grid" else "networks of the law"
    line = f"{duration(clock.seconds)} for {division.candidates} {what} and {CONTROLS} controls, {seeds}, {found.told}"
    pacing = Pacing(clock=clock, expected={STUDY: each}, kept={STUDY: RESULTS_S}, open_ended=open_ended)
    return Plan(experiment=planned, pacing=pacing, lines=(line,), warnings=warnings)


def timed_networks(ground: Ground, config: ScaleConfig) -> list[Architecture]:
    """Return some of the networks that a search trains, to measure how fast that is."""
    if isinstance(ground, Grid):
        return [ground.architecture(label) for label in spread(ground, TIMED)]
    places = first_shapes(ground.shapes, ground.cost_model, config.law.trainings)[-TIMED:]
    rounding = config.grid.rounding
    return [scale(ground.baseline, ground.coefficients(place), 1.0, rounding) for place in places]


def _divided(
    experiment: ScaleExperiment,
    written: Mapping[str, Any],
    seconds: float,
    default: float,
    *,
    longest: float = math.inf,
    length: float | None = None,
) -> ScaleDivision:
    config = experiment.scale
    by_law = config.method == "law"  # whose number of trainings is part of it
    given = config.law.trainings if by_law else config.candidates
    return divide_scaling(
        seconds,
        default,
        controls=CONTROLS + config.active,
        leaders=1 if by_law else config.leaders,
        longest=longest,
        candidates=given if by_law or is_written(written, "scale.candidates") else None,
        repeats=config.repeats if is_written(written, "scale.repeats") else None,
        length=length,
    )

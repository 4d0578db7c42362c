"""Objectives: what says how good a candidate is, Architecture -> Metrics. No torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from search_spaces.errors import InvalidInput
from trials.data.content import pinned
from trials.experiment import Experiment
from trials.isolation.objective import Isolated
from trials.objectives.benchmark.objective import Benchmark
from trials.objectives.shared.objective import Shared, shared
from trials.objectives.train import Training
from trials.objectives.user_function import UserFunction
from trials.objectives.zero_cost import ZeroCost, zero_cost
from trials.study.candidate import Evaluate


def make_objective(experiment: Experiment, checkpoints: Path | None = None) -> Evaluate:
    """Return what evaluates the candidates of an experiment, ready to run: data fetched, functions imported.

    Code of the user's, and whatever has a limit of time, is evaluated in a process of its own unless the engine is
    `inline`.
    Trainings of several epochs keep their progress in the folder `checkpoints`, if one is given; shared weights stay
    beside it.
    """
    if experiment.training.budget is not None:
        accepted = "training.epochs: only `nas run`, `nas qa` and `scale search` make them of `training.budget`"
        raise InvalidInput("training.budget", experiment.training.budget, accepted)
    if experiment.objective.uses_torch:
        experiment = replace(experiment, data=pinned(experiment.data))
    objective = _objective(experiment, checkpoints)
    evaluate: Training | UserFunction | Benchmark | ZeroCost | Shared | Isolated = objective
    foreign, seconds = isinstance(objective, UserFunction), experiment.limits.max_seconds
    if experiment.compute.chosen_engine != "inline" and (foreign or seconds is not None):
        evaluate = Isolated(objective=objective, max_seconds=seconds, foreign=foreign)
    evaluate.prepare()
    return evaluate


def _objective(
    experiment: Experiment, checkpoints: Path | None
) -> Training | UserFunction | Benchmark | ZeroCost | Shared:
    if experiment.objective.benchmark is not None:
        return Benchmark(config=experiment.objective, run_seed=experiment.seed, cost=experiment.reward.cost)
    if experiment.objective.python is not None:
        return UserFunction(python=experiment.objective.python)
    if experiment.objective.name == "zero-cost":
        return zero_cost(experiment, experiment.objective.score or "synflow")
    if experiment.objective.name == "shared":
        return shared(experiment, checkpoints.parent if checkpoints else Path.cwd())
    return Training(
        data=experiment.data,
        proxy=experiment.proxy,
        training=experiment.training,
        compute=experiment.compute,
        checkpoints=checkpoints,
    )

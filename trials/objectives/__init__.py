"""Objectives: what says how good a candidate is, Architecture -> Metrics. No torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trials.data.content import pinned
from trials.experiment import Experiment
from trials.objectives.benchmark.objective import Benchmark
from trials.objectives.shared.objective import Shared, shared
from trials.objectives.train import Training
from trials.objectives.user_function import UserFunction
from trials.objectives.zero_cost import ZeroCost, zero_cost
from trials.study.candidate import Evaluate


def make_objective(experiment: Experiment, checkpoints: Path | None = None) -> Evaluate:
    """Return what evaluates the candidates of an experiment, ready to run: data fetched, functions imported.

    Trainings of several epochs keep their progress in the folder `checkpoints`, if one is given; shared weights stay
    beside it.
    """
    if experiment.objective.uses_torch:
        experiment = replace(experiment, data=pinned(experiment.data))
    objective: Training | UserFunction | Benchmark | ZeroCost | Shared
    if experiment.objective.benchmark is not None:
        objective = Benchmark(config=experiment.objective, run_seed=experiment.seed, cost=experiment.reward.cost)
    elif experiment.objective.python is not None:
        objective = UserFunction(python=experiment.objective.python)
    elif experiment.objective.name == "zero-cost":
        objective = zero_cost(experiment, experiment.objective.score or "synflow")
    elif experiment.objective.name == "shared":
        objective = shared(experiment, checkpoints.parent if checkpoints else Path.cwd())
    else:
        objective = Training(
            data=experiment.data,
            proxy=experiment.proxy,
            training=experiment.training,
            compute=experiment.compute,
            checkpoints=checkpoints,
        )
    objective.prepare()
    return objective

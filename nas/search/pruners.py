"""Early stopping of trainings: Optuna's pruners on the reward after each epoch. No torch.

For a study of two objectives there is `nas.search.rungs`.
"""

from __future__ import annotations

from collections.abc import Callable

from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner, SuccessiveHalvingPruner

from nas.samplers import PARETO
from nas.search.curves import CurvePruner
from nas.search.rungs import REDUCTION, RungRule
from search_spaces.errors import InvalidInput
from trials.experiment import Experiment
from trials.objectives.user_function import REPORT, takes_report
from trials.study.attributes import LATENCY
from trials.study.report import COST_COLUMNS

STARTUP_TRIALS = 5

PRUNERS: dict[str, Callable[[int], BasePruner]] = {
    "none": lambda _epochs: NopPruner(),
    "curves": CurvePruner,
    "halving": lambda _epochs: SuccessiveHalvingPruner(min_resource=1, reduction_factor=REDUCTION),
    "hyperband": lambda epochs: HyperbandPruner(min_resource=1, max_resource=epochs, reduction_factor=REDUCTION),
    "median": lambda _epochs: MedianPruner(n_startup_trials=STARTUP_TRIALS),
}


def make_pruner(name: str, experiment: Experiment) -> BasePruner:
    """Return the pruner of that name for an experiment's trainings.

    Raises InvalidInput where there is nothing to stop, or no reward before the end: one epoch, an objective that tells
    nothing on the way, a reward that charges what only a finished trial tells.
    """
    if name not in PRUNERS:
        raise InvalidInput("nas.pruner", name, PRUNERS)
    if name != "none":
        _check_reports(name, experiment)
        known = COST_COLUMNS if experiment.limits.max_latency_ms is None else (*COST_COLUMNS, LATENCY)
        if experiment.reward.cost not in known:
            raise InvalidInput("nas.pruner", name, f"none: {experiment.reward.cost} is known only at the end")
    return PRUNERS[name](experiment.training.epochs)


def make_rungs(name: str, sampler: str, experiment: Experiment) -> RungRule | None:
    """Return what stops trainings where the pruner of that name cannot: in a study of two objectives."""
    return RungRule(cost=experiment.reward.cost) if name != "none" and sampler in PARETO else None


def _check_reports(name: str, experiment: Experiment) -> None:
    objective, epochs = experiment.objective, experiment.training.epochs
    if objective.python is not None:
        if not takes_report(objective.python):
            accepted = f"none, or a third parameter `{REPORT}` of {objective.python}"
            raise InvalidInput("nas.pruner", name, accepted)
    elif objective.benchmark or objective.name != "train":
        raise InvalidInput("nas.pruner", name, "none: only trainings are stopped early")
    elif epochs < 2:
        raise InvalidInput("nas.pruner", name, f"none, or more training.epochs than {epochs}")

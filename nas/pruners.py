"""When a training is stopped early: Optuna's pruners on the reward after each epoch. No torch."""

from __future__ import annotations

from collections.abc import Callable

from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner, SuccessiveHalvingPruner

from search_spaces.errors import InvalidInput
from trials.experiment import Experiment
from trials.report import COST_COLUMNS

REDUCTION = 3  # of three trainings that reach a rung, one goes on (arXiv:1603.06560, section 3)
STARTUP_TRIALS = 5

PRUNERS: dict[str, Callable[[int], BasePruner]] = {
    "none": lambda _epochs: NopPruner(),
    "halving": lambda _epochs: SuccessiveHalvingPruner(min_resource=1, reduction_factor=REDUCTION),
    "hyperband": lambda epochs: HyperbandPruner(min_resource=1, max_resource=epochs, reduction_factor=REDUCTION),
    "median": lambda _epochs: MedianPruner(n_startup_trials=STARTUP_TRIALS),
}


def make_pruner(name: str, experiment: Experiment) -> BasePruner:
    """Return the pruner of that name for an experiment's trainings.

    Raises InvalidInput where there is nothing to stop, or no reward before the end: one epoch, an objective that is
    no training, a reward that charges what only a finished trial tells.
    """
    if name not in PRUNERS:
        raise InvalidInput("nas.pruner", name, PRUNERS)
    objective, epochs = experiment.objective, experiment.training.epochs
    if name != "none":
        if objective.python or objective.benchmark or objective.name != "train":
            raise InvalidInput("nas.pruner", name, "none: only trainings are stopped early")
        if epochs < 2:
            raise InvalidInput("nas.pruner", name, f"none, or more training.epochs than {epochs}")
        if experiment.reward.cost not in COST_COLUMNS:
            raise InvalidInput("nas.pruner", name, f"none: {experiment.reward.cost} is known only at the end")
    return PRUNERS[name](epochs)

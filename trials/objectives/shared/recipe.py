"""How the weights that all networks share are trained, as an experiment says it. No torch."""

from __future__ import annotations

from dataclasses import asdict

from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.experiment import Experiment
from trials.training_config import TrainingConfig


def shared_training(experiment: Experiment) -> TrainingConfig:
    """Return the experiment's `training` with what `objective.training` says differently.

    Raises InvalidInput for what `objective.training` must not say.
    """
    if "budget" in experiment.objective.training:
        raise InvalidInput("objective.training", "budget", "epochs; or `--budget` for the whole search")
    settings = {**asdict(experiment.training), **experiment.objective.training}
    return validated(TrainingConfig, settings, f"{experiment.name}.objective.training")

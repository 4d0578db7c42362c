"""A folder of results as `nas run` leaves it, of a search that was made up."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path

import optuna

from nas.config import NasConfig, NasExperiment
from search_spaces.cost import estimate_cost
from search_spaces.space_file import load_space
from trials.console.run_record import write_run_record
from trials.experiment import ObjectiveConfig
from trials.study.attributes import METRICS
from trials.study.report import trials_table
from trials.study.storage import open_storage

FUNCTION = ObjectiveConfig(python="tests.objectives:by_size")


def experiment_of(space: str = "efficientnet", **nas: object) -> NasExperiment:
    """Return an experiment that costs nothing to evaluate."""
    config = NasConfig(**nas)  # type: ignore[arg-type]
    return NasExperiment(name="first", space=space, objective=FUNCTION, nas=config)


def searched(folder: Path, *, trials: int = 12, space: str = "efficientnet") -> Path:
    """Write a search of random networks, better with their parameters; the last one failed."""
    experiment, choices, rng = experiment_of(space), load_space(space), random.Random(0)
    place = folder / "first" / "nas"
    place.mkdir(parents=True)
    write_run_record(place / "run.json", command="nas run first", settings=asdict(experiment), results={})
    storage = open_storage(None, place / "study.journal")
    study = optuna.create_study(storage=storage, study_name="first/nas/candidates", direction="maximize")
    for number in range(trials):
        network = choices.sample(rng)
        accuracy = 0.3 + estimate_cost(network).params / 3e7
        last = number == trials - 1
        study.add_trial(
            optuna.trial.create_trial(
                params=choices.encode(network),
                distributions=dict(choices.distributions),
                value=None if last else accuracy,
                state=optuna.trial.TrialState.FAIL if last else optuna.trial.TrialState.COMPLETE,
                user_attrs={} if last else {METRICS: {"val_accuracy": accuracy}},
            )
        )
    trials_table(study).to_csv(place / "trials.csv", index=False)
    return folder / "first"

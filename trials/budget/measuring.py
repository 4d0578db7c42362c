"""How fast candidates are trained here, measured on a few batches of some networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from search_spaces.architecture import Architecture
from trials.budget.length import Length, Pace, mean_pace
from trials.check.pace import candidate_pace
from trials.check.shared_pace import shared_pace
from trials.data.facts import data_facts
from trials.derivation import FEW_IMAGES, FULL_IMAGES_SEEN, LEAST_FULL_EPOCHS, MOST_FULL_EPOCHS, candidate_length
from trials.experiment import Experiment
from trials.objectives.shared.recipe import shared_training
from trials.training.batches import steps_per_epoch
from trials.training.equipment import load_split


@dataclass(frozen=True, kw_only=True, slots=True)
class Images:
    """How many training images there are at most, and what trainings of common lengths see of them.

    `alone`: candidates are trained one by one, rather than judged by shared weights.
    """

    most: int
    alone: bool = True

    @property
    def default(self) -> Length:
        """The training of a network alone where nothing is written."""
        used, epochs = candidate_length(self.most, small=self.alone and self.most > FEW_IMAGES)
        return Length(images=used, epochs=epochs)

    @property
    def longest(self) -> Length:
        """The training of a network to be deployed: a candidate's gains nothing by being longer."""
        epochs = min(MOST_FULL_EPOCHS, max(LEAST_FULL_EPOCHS, round(FULL_IMAGES_SEEN / self.most)))
        return Length(images=self.most, epochs=epochs)


def images_of(experiment: Experiment) -> Images:
    """Return the training images that the validation part leaves."""
    facts = data_facts(experiment.data.name, Path(experiment.data.folder))
    most = max(1, facts.train_images - experiment.data.validation_images)
    return Images(most=most, alone=experiment.objective.name == "train")


def measured_pace(networks: Sequence[Architecture], experiment: Experiment) -> Pace:
    """Return the mean pace of trainings of networks."""
    measured = [candidate_pace(network, experiment) for network in networks]
    batch = min(experiment.training.batch_size, len(load_split(experiment.data).train_labels))
    return mean_pace(
        [
            Pace(
                batch=batch,
                step_seconds=one.step_seconds,
                epoch_seconds=one.validation_images * one.validation_seconds
                + one.recalibration_steps * one.step_seconds / 3,  # a forward pass alone
            )
            for one in measured
        ]
    )


def measured_shared_pace(networks: Sequence[Architecture], experiment: Experiment) -> tuple[Pace, float]:
    """Return the pace of the training of shared weights, and the seconds of judging one network with them."""
    measured = shared_pace(networks, experiment)
    config, images = shared_training(experiment), len(load_split(experiment.data).train_labels)
    batch = min(config.batch_size, images)
    score = math.fsum(measured.score_seconds) / len(measured.score_seconds)
    step = measured.training_seconds / (config.epochs * steps_per_epoch(images, batch))
    return Pace(batch=batch, step_seconds=step, epoch_seconds=score), score

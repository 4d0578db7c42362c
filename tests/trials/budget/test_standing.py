from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from search_spaces.errors import InvalidInput
from trials.budget.begun import Begun
from trials.budget.length import Length
from trials.budget.standing import least_epochs, standing_images, standing_length, with_length
from trials.experiment import DataConfig, Experiment
from trials.training_config import TrainingConfig

OWN = Experiment(data=DataConfig(train_images=640), training=TrainingConfig(epochs=7))
MOST = 1_000


def begun(images: int | None) -> Begun:
    settings = {"data": {"train_images": images}, "training": {"epochs": 4}, "objective": {}}
    return Begun(settings=settings, evaluated=3)


@pytest.mark.parametrize(
    ("written", "known", "length"),
    [
        ({}, None, None),
        ({"data": {"train_images": 640}}, None, None),
        ({"training": {"epochs": 7}}, None, Length(images=640, epochs=7)),
        ({}, begun(320), Length(images=320, epochs=4)),
        ({}, begun(None), Length(images=MOST, epochs=4)),
        ({"training": {"epochs": 7}}, begun(320), Length(images=320, epochs=7)),
        ({"data": {"train_images": 640}}, begun(320), Length(images=640, epochs=4)),
    ],
)
def test_what_was_written_stands_then_what_a_study_began_with(
    written: dict[str, Any], known: Begun | None, length: Length | None
) -> None:
    assert standing_length(OWN, written, known, MOST) == length


def test_without_anything_the_number_of_images_follows() -> None:
    assert standing_images(OWN, {}, None, MOST) is None


def test_a_time_and_epochs_beside_it_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"beside training\.budget"):
        standing_length(OWN, {"training": {"epochs": 7, "budget": "60s"}}, None, MOST)


def test_an_experiment_with_another_length() -> None:
    timed = replace(OWN, training=replace(OWN.training, budget="60s"))
    changed = with_length(timed, Length(images=500, epochs=2), MOST)
    assert (changed.data.train_images, changed.training.epochs, changed.training.budget) == (500, 2, None)
    assert with_length(timed, Length(images=MOST, epochs=2), MOST).data.train_images is None


def test_a_training_ends_after_its_warm_up() -> None:
    assert [least_epochs(TrainingConfig(epochs=9, warmup_epochs=one)) for one in (0, 0.5, 2)] == [1, 1, 3]

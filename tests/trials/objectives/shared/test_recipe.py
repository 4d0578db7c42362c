from __future__ import annotations

import pytest

from search_spaces.errors import InvalidInput
from trials.experiment import Experiment, ObjectiveConfig
from trials.objectives.shared.recipe import shared_training
from trials.training_config import TrainingConfig


def test_what_the_recipe_does_not_say_is_that_of_a_network_alone() -> None:
    alone = TrainingConfig(epochs=3, momentum=0.5)
    found = shared_training(
        Experiment(training=alone, objective=ObjectiveConfig(name="shared", training={"epochs": 9}))
    )
    assert (found.epochs, found.momentum) == (9, 0.5)


@pytest.mark.parametrize("wrong", [{"epoch": 1}, {"epochs": 0}])
def test_the_recipe_is_strict(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match=rf"unnamed\.objective\.training\.{next(iter(wrong))}"):
        shared_training(Experiment(objective=ObjectiveConfig(name="shared", training=wrong)))


def test_only_shared_weights_have_a_recipe_of_their_own() -> None:
    with pytest.raises(InvalidInput, match="nothing without name: shared"):
        ObjectiveConfig(training={"epochs": 9})

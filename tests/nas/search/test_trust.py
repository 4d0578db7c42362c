from __future__ import annotations

import math

import pytest

from nas.config import NasExperiment
from nas.search.trust import Validation, indistinguishable, is_at_chance, standard_error, validation_of
from trials.experiment import DataConfig, ObjectiveConfig

TEN_CLASSES = Validation(images=1000, largest_share=0.1)


def test_the_standard_error_is_that_of_a_share() -> None:
    assert standard_error(0.8, 1600) == pytest.approx(0.01)
    assert standard_error(0.5, 100) == pytest.approx(0.05)
    assert standard_error(1.0, 100) == 0


@pytest.mark.parametrize(
    ("accuracy", "candidates", "chance"),
    [(0.1, 1, True), (0.115, 1, True), (0.117, 1, False), (0.117, 10, True), (0.5, 1000, False), (0.0, 1, True)],
)
def test_chance_is_a_binomial_test_corrected_for_the_number_of_candidates(
    accuracy: float, candidates: int, chance: bool
) -> None:
    tail = sum(math.comb(1000, k) * 0.1**k * 0.9 ** (1000 - k) for k in range(round(1000 * accuracy), 1001))
    assert (tail * candidates > 0.05) is chance  # the case itself is right
    assert is_at_chance(accuracy, TEN_CLASSES, candidates) is chance


def test_the_largest_class_is_what_has_to_be_beaten() -> None:
    assert is_at_chance(0.81, Validation(images=200, largest_share=0.8), 1)
    assert not is_at_chance(0.81, Validation(images=200, largest_share=0.5), 1)


def test_ties_are_counted_from_the_best() -> None:
    assert indistinguishable([0.9], 0.01) == 1
    assert indistinguishable([0.9, 0.89, 0.881, 0.879, 0.5], 0.01) == 3


def test_the_validation_part_is_counted_as_it_is_used() -> None:
    experiment = NasExperiment(data=DataConfig(name="digits", validation_images=100))
    found = validation_of(experiment)
    assert found is not None
    assert found.images == 100
    assert 0.1 <= found.largest_share <= 0.12  # ten classes, stratified


@pytest.mark.parametrize("objective", [{"python": "tests.objectives:by_size"}, {"name": "zero-cost"}])
def test_what_is_not_trained_has_no_validation_part(objective: dict[str, str]) -> None:
    assert validation_of(NasExperiment(objective=ObjectiveConfig(**objective))) is None  # type: ignore[arg-type]

from __future__ import annotations

import math

import pytest

from trials.budget.division import FEWEST, divide, divide_scaling, divide_shared


@pytest.mark.parametrize("seconds", [100, 900, 1_000, 4_000, 100_000])
@pytest.mark.parametrize("others", [0, 1, 6])
def test_what_is_divided_is_the_whole(seconds: float, others: int) -> None:
    division = divide(seconds, 100, others=others)
    assert (division.candidates + others) * division.seconds == pytest.approx(seconds)
    assert division.candidates >= FEWEST


def test_where_little_fits_there_are_eight_candidates_with_shorter_trainings() -> None:
    assert divide(450, 100, others=1).seconds == 50
    assert divide(450, 100, others=1).candidates == FEWEST


def test_beyond_that_number_and_length_grow_alike() -> None:
    division = divide(16 * 800, 100)
    assert (division.candidates, division.seconds) == (4 * FEWEST, 400)


def test_what_is_given_stands() -> None:
    assert divide(1_000, 100, others=1, candidates=3).seconds == 250
    assert divide(1_000, 100, others=1, length=30).candidates == 32
    both = divide(1_000, 100, others=1, candidates=3, length=30)
    assert (both.candidates, both.seconds) == (3, 30)
    assert divide(10, 100, others=1, length=30).candidates == 1  # more than fits


def test_no_training_is_longer_than_it_gains_by() -> None:
    division = divide(100_000, 100, others=5, longest=200)
    assert (division.candidates, division.seconds) == (495, 200)
    assert divide(100_000, 100, candidates=2, longest=200).seconds == 200


def test_the_weights_have_most_of_the_time_and_no_more_than_they_gain_by() -> None:
    short = divide_shared(600, 1_200, 60, most_finalists=0, seeds=3, stands=False)
    assert (short.weights, short.finalists) == (pytest.approx(360), 0)
    long = divide_shared(15_000, 1_200, 60, most_finalists=0, seeds=3, stands=False)
    assert long.weights == pytest.approx(math.sqrt(9_000 * 1_200))


def test_there_are_as_many_finalists_as_can_be_trained_properly() -> None:
    def of(seconds: float, *, stands: bool = False) -> tuple[int, float]:
        division = divide_shared(seconds, 1_200, 60, most_finalists=5, seeds=3, stands=stands)
        assert division.weights < seconds
        return division.finalists, division.finalist_seconds

    assert of(900) == (0, 0.0)  # one finalist alone is none
    assert of(3_000) == (3, pytest.approx(600 / 9))
    assert of(36_000) == (5, pytest.approx(480))
    assert of(900, stands=True) == (5, pytest.approx(12))


def test_published_networks_take_the_place_of_finalists() -> None:
    division = divide_shared(3_000, 1_200, 60, most_finalists=5, seeds=3, stands=False, beside=1)
    assert (division.finalists, division.finalist_seconds) == (2, pytest.approx(600 / 9))


@pytest.mark.parametrize(
    ("seconds", "candidates", "repeats", "each"),
    [
        (850, 4, 2, 50),  # 5 controls, 4 candidates, 8 again: less than one default training each
        (1_900, 6, 2, 100),
        (2_900, 8, 3, 100),
        (5_300, 16, 3, 5_300 / 37),
    ],
)
def test_a_scaling_search_first_has_candidates_and_seeds_then_length(
    seconds: float, candidates: int, repeats: int, each: float
) -> None:
    division = divide_scaling(seconds, 100, controls=5, leaders=3)
    assert (division.candidates, division.repeats) == (candidates, repeats)
    assert division.seconds == pytest.approx(each)
    trainings = 5 + candidates + 8 * (repeats - 1)
    assert trainings * division.seconds == pytest.approx(seconds)


def test_in_a_scaling_search_too_what_is_given_stands() -> None:
    division = divide_scaling(5_000, 100, controls=5, leaders=3, candidates=12, repeats=1)
    assert (division.candidates, division.repeats, division.seconds) == (12, 1, pytest.approx(5_000 / 17))
    by_length = divide_scaling(5_000, 100, controls=5, leaders=3, length=50)
    assert (by_length.candidates, by_length.repeats, by_length.seconds) == (79, 3, 50)
    assert divide_scaling(1e6, 100, controls=5, leaders=3, longest=500).seconds == 500

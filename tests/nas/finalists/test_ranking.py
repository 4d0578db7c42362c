from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import stats

from nas.finalists.ranking import ranked
from tests.nas.finalists.finalists import finalist


def order(*finalists: tuple[float, ...]) -> list[int]:
    """Rank finalists, given as the search's reward and those of the trainings, and return their places in the list."""
    ranking = ranked([finalist(index, *figures) for index, figures in enumerate(finalists)])
    return [one.trial for one in ranking.order]


def test_without_trainings_the_search_decides() -> None:
    assert order((0.1,), (0.3,), (0.2,)) == [1, 2, 0]
    assert order((0.1, 0.9), (0.3, 0.1), (0.2, 0.5)) == [1, 2, 0]  # one seed each: the noise is not known


def test_a_difference_beyond_the_noise_decides() -> None:
    assert order((0.1, 0.90, 0.91), (0.3, 0.50, 0.51)) == [0, 1]


def test_a_difference_within_the_noise_does_not() -> None:
    assert order((0.1, 0.90, 0.60), (0.3, 0.50, 0.80)) == [1, 0]


def test_of_equals_in_the_search_the_earlier_one_stands_first() -> None:
    assert order((0.2,), (0.2,)) == [0, 1]


def test_the_interval_is_that_of_a_t_test() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = rng.normal(0.83, 0.01, 3), rng.normal(0.8, 0.01, 3)
        ranking = ranked([finalist(0, 0.0, *first), finalist(1, 1.0, *second)])
        beats = stats.ttest_ind(first, second).pvalue < 0.05 and first.mean() > second.mean()
        assert ranking.beats(*sorted(ranking.order, key=lambda one: one.trial)) == beats


def test_where_the_two_go_round_in_a_circle_what_is_apart_counts() -> None:
    # searched: 0 before 1 before 2; trained: 2 is apart from 0, neither from 1
    figures = ((0.3, 0.80, 0.82), (0.2, 0.83, 0.85), (0.1, 0.86, 0.88))
    ranking = ranked([finalist(index, *one) for index, one in enumerate(figures)])
    found = {one.trial: [other.trial for other in ranking.beaten_by(one)] for one in ranking.order}
    assert found == {0: [], 1: [], 2: [0]}
    assert [one.trial for one in ranking.order] == [1, 2, 0]


@pytest.mark.parametrize("seed", range(20))
def test_who_beats_another_stands_before_it(seed: int) -> None:
    rng = random.Random(seed)
    finalists = [
        finalist(trial, rng.random(), *(rng.gauss(trial / 50, 0.02) for _ in range(rng.randint(0, 3))))
        for trial in range(6)
    ]
    ranking = ranked(finalists)
    assert sorted(one.trial for one in ranking.order) == list(range(6))
    for place, one in enumerate(ranking.order):
        assert not any(ranking.beats(later, one) for later in ranking.order[place:])


def test_what_cannot_be_trained_comes_last() -> None:
    assert order((0.9,), (0.2, 0.5, 0.6), (0.1, 0.5, 0.6)) == [1, 2, 0]


def test_it_is_settled_when_the_leader_of_the_trainings_beats_all() -> None:
    assert ranked([finalist(0, 0.1, 0.90, 0.91), finalist(1, 0.2, 0.50, 0.51)]).is_settled
    assert not ranked([finalist(0, 0.1, 0.90, 0.60), finalist(1, 0.2, 0.50, 0.51)]).is_settled
    assert not ranked([finalist(0, 0.1, 0.9), finalist(1, 0.2, 0.5)]).is_settled
    assert not ranked([finalist(0, 0.1), finalist(1, 0.2)]).is_settled
    assert ranked([finalist(0, 0.1, 0.9)]).is_settled

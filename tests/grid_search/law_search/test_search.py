from __future__ import annotations

import numpy as np
import pytest

from grid_search.compound_scaling import scale
from grid_search.law.config import LawConfig
from grid_search.law_search.search import answered_coefficients, law_of, whole_shape
from search_spaces.cost import estimate_cost
from tests.grid_search.law_search.searched import BASELINE, Trainings, finished, pool


def test_a_spread_comes_first_cheap_ones_first_then_batches() -> None:
    trainings = Trainings()
    trainings.search(LawConfig(trainings=11, batch=2, sharp=0))
    assert trainings.asked[0] == (1, 1, 1)
    assert len(trainings.asked) == 12  # the baseline, 8 and 3
    assert (np.diff(trainings.table["ratio"].iloc[1:9]) > -0.35).all()  # by the smooth cost; rounding moves it
    assert trainings.table["ratio"].iloc[1] < 0.5
    assert len(set(trainings.asked)) == 12


def test_a_sharp_answer_ends_it() -> None:
    trainings = Trainings()
    assert trainings.search(LawConfig(trainings=30, sharp=100)) is not None
    assert len(trainings.asked) == 9


def test_what_was_trained_before_changes_nothing_that_follows() -> None:
    first = Trainings()
    first.search(LawConfig(trainings=10, sharp=0))
    resumed = Trainings(before=finished())
    resumed.search(LawConfig(trainings=12, sharp=0))
    assert resumed.asked[:11] == first.asked
    assert len(resumed.table) == len(finished())


def test_the_answer_is_a_real_network_of_the_targets_cost() -> None:
    law = law_of(finished(), pool(), 0)
    assert law is not None
    network = scale(BASELINE, answered_coefficients(pool(), law), 1.0, pool().config.rounding)
    assert estimate_cost(network).flops / estimate_cost(BASELINE).flops == pytest.approx(2, abs=0.1)


def test_few_trainings_give_no_law() -> None:
    failed = finished().assign(state=["complete"] * 3 + ["fail"] * (len(finished()) - 3))
    assert law_of(failed, pool(), 0) is None


def test_an_axis_that_does_not_vary_stays() -> None:
    np.testing.assert_array_equal(whole_shape(pool(), np.array([0.1, 0.2, 0.3])), [0.1, 0.2, 0.3])

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from grid_search.maps.looking import Look
from grid_search.maps.merit import LOOKING_ONLY, area_share, interval_text, merit_of, percent, sentences
from grid_search.maps.objects import Mask

HALF: Mask = np.array([[True, False]])


def look(inside: float | None) -> Look:
    return Look(answer="a", label=0, confidence=0.5, heat=np.zeros((1, 2), dtype=np.float32), inside=inside)


def test_the_mean_has_the_interval_of_students_t() -> None:
    shares = [0.2, 0.5, 0.9, 0.4]
    merit = merit_of("compound", [look(share) for share in [*shares, None]], [HALF] * 5)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(shares), scale=stats.sem(shares))
    assert (merit.mean, merit.low, merit.high) == pytest.approx((0.5, low, high))
    assert (merit.pictures, merit.empty) == (4, 1)
    assert interval_text(merit) == f"{100 * low:.1f} to {100 * high:.1f} %"
    told = sentences([merit], [HALF] * 5)
    assert "covers 50.0 % of them" in told[0]
    assert "compound: 1 of 5 maps are 0 everywhere" in told[1]


def test_without_objects_the_pictures_are_for_looking_only() -> None:
    merit = merit_of("baseline", [look(None)], [None])
    assert math.isnan(merit.mean)
    assert percent(merit.mean) == interval_text(merit) == ""
    assert sentences([merit], [None]) == [LOOKING_ONLY]
    assert math.isnan(area_share([None]))


def test_one_picture_has_no_interval() -> None:
    assert interval_text(merit_of("baseline", [look(0.5)], [HALF])) == ""

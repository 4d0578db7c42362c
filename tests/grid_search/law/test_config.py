from __future__ import annotations

import pytest

from grid_search.law.config import LawConfig
from search_spaces.errors import InvalidInput
from search_spaces.validation import validated


def test_costs_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"dearest: got 0\.3"):
        LawConfig(cheapest=0.25, dearest=0.3)


@pytest.mark.parametrize("settings", [{"trainings": 3}, {"batch": 0}, {"cheapest": -1}, {"sharp": float("nan")}])
def test_what_makes_no_sense_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        validated(LawConfig, settings)

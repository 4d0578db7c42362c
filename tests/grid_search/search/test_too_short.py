from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grid_search.search.decision import decide
from grid_search.search.too_short import curve_gap, how_long, too_short
from tests.grid_search.search.test_decision import trials

AHEAD = {"compound_1": [0.75], "depth_only_1": [0.6], "width_only_1": [0.7], "baseline_1": [0.65]}
BEHIND = {"compound_1": [0.66], "depth_only_1": [0.3], "width_only_1": [0.5], "baseline_1": [0.65]}


def told(accuracies: dict[str, list[float]], curves: dict[str, str | None] | None = None) -> str | None:
    table = trials(**accuracies)
    table.loc[table["role"] == "baseline", "ratio"] = 1.0
    table["curve"] = [None if curves is None else curves.get(str(role)) for role in table["role"]]
    decision = decide(table)
    assert decision is not None
    return too_short(decision, table)


def test_bigger_networks_that_are_better_say_nothing() -> None:
    assert told(AHEAD) is None


def test_most_bigger_networks_behind_the_baseline_mean_too_short() -> None:
    sentence = told(BEHIND)
    assert sentence is not None
    assert sentence.startswith("2 of 3 networks of more than 1.25x the cost are no better than the baseline")
    assert "this training is too short to see scaling" in sentence
    assert "cannot be told from no recorded epochs" in sentence


def test_curves_tell_how_long() -> None:
    curves = dict.fromkeys(("compound", "depth only", "width only"), "0.1 0.2 0.25 0.3")
    sentence = told(BEHIND, {**curves, "baseline": "0.5 0.5 0.5 0.5"})
    assert sentence is not None and "(13 instead of 4)" in sentence


@pytest.mark.parametrize("factor", [1.5, 3.0, 9.0])
def test_a_gap_that_closes_with_the_logarithm_is_followed_to_its_end(factor: float) -> None:
    epochs = np.arange(1, 9)
    gap = 0.1 * np.log(epochs / (8 * factor))
    assert f"about {factor:.1f} times as many epochs ({round(8 * factor)} instead of 8)" in how_long(gap)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ([-0.1, -0.1, -0.1, -0.1], "do not come nearer"),
        ([-0.1, -0.2, -0.3, -0.4], "do not come nearer"),
        ([-0.5, -0.49, -0.489, -0.488], "more than 16 times"),
        ([-0.1, -0.05, 0.0, 0.01], "drawn level"),
        ([-0.3], "cannot be told from 1 recorded epochs"),
    ],
)
def test_what_curves_do_not_tell_is_not_made_up(gap: list[float], words: str) -> None:
    assert words in how_long(np.array(gap))


def test_only_full_trainings_of_both_count() -> None:
    table = pd.DataFrame(
        {
            "role": ["baseline", "compound", "compound", "compound"],
            "state": ["complete", "complete", "fail", "complete"],
            "epochs": [None, None, None, 1.0],
            "ratio": [1.0, 2.0, 2.0, 2.0],
            "curve": ["0.2 0.4", "0.1 0.5 0.6", "0.9 0.9", "0.9"],
        }
    )
    np.testing.assert_allclose(curve_gap(table), [-0.1, 0.1])
    assert curve_gap(table.drop(columns="curve")).size == 0

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from grid_search.compare.table import family_table, with_law
from grid_search.compound_scaling import Multipliers
from grid_search.cost_function import cost_function
from grid_search.family.finished_law import FinishedLaw, Foretold
from search_spaces.architecture import Architecture
from search_spaces.reference import reference

BASELINE = reference("efficientnet-b0")
NETWORKS = {
    "baseline": BASELINE,
    "wider": Multipliers(width=1.41).apply(BASELINE),
    "sharper": Multipliers(resolution=1.41).apply(BASELINE),
    "other": reference("mobilenet-v2"),
    "the same as wider": Multipliers(width=1.41).apply(BASELINE),
}
SEEDS = {"baseline": [0.70, 0.71], "wider": [0.80, 0.82], "sharper": [0.79, 0.80], "other": [0.5]}


def trials() -> pd.DataFrame:
    rows = [
        {"key": NETWORKS[name].key, "state": "complete", "val_accuracy": value}
        for name, values in SEEDS.items()
        for value in values
    ]
    failed = {"key": BASELINE.key, "state": "fail", "val_accuracy": 0.1}
    return pd.DataFrame([*rows, failed])


def table() -> pd.DataFrame:
    return family_table(NETWORKS, trials(), cost_function("flops"), BASELINE).set_index("network")


def test_rows_stand_by_cost_and_tell_sizes_in_baselines() -> None:
    rows = table()
    assert list(rows["ratio"]) == sorted(rows["ratio"])
    assert rows.loc["baseline", "ratio"] == 1
    assert rows.loc["sharper", "resolution"] == pytest.approx(315 / 224)
    assert (rows.loc["wider", "depth"], rows.loc["wider", "resolution"]) == (1, 1)
    assert math.isnan(rows.loc["other", "depth"])


def test_intervals_are_those_of_t_with_pooled_noise() -> None:
    rows = table()
    groups = [np.array(values) for values in SEEDS.values() if len(values) > 1]
    noise = math.sqrt(sum(group.var(ddof=1) for group in groups) / 3)  # three groups of two: one degree each
    low, high = stats.t.interval(0.95, 3, loc=0.81, scale=noise / math.sqrt(2))
    assert rows.loc["wider", "low"] == pytest.approx(low)
    assert rows.loc["wider", "high"] == pytest.approx(high)
    assert rows.loc["the same as wider", "low"] == pytest.approx(low)  # trained once, told twice
    assert int(rows.loc["baseline", "seeds"]) == 2  # what failed does not count


def test_only_networks_of_about_one_cost_are_held_against_each_other() -> None:
    standing = table()["standing"]
    assert standing["wider"] == "best"
    assert standing["sharper"] == "tied"
    assert standing["baseline"] == ""


def test_what_the_law_foretold_stands_beside() -> None:
    doubtful = Foretold(accuracy=0.8, low=0.7, high=0.9)

    def foretell(network: Architecture) -> Foretold | None:
        if network.key == NETWORKS["other"].key:
            return None
        return Foretold(accuracy=0.9, low=0.88, high=0.92) if network is BASELINE else doubtful

    law = cast("FinishedLaw", SimpleNamespace(foretell=foretell, dearest=1.5))
    rows = with_law(table().reset_index(), NETWORKS, law).set_index("network")
    told: dict[str, Any] = rows["holds"].to_dict()
    assert (told["baseline"], told["wider"], told["other"]) == (False, True, None)
    assert (rows.loc["baseline", "extrapolated"], rows.loc["wider", "extrapolated"]) == (False, True)
    assert rows.loc["other", "extrapolated"] is None

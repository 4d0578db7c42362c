"""Networks trained alike as a table: cost, sizes, accuracy over seeds, what a law foretold. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from grid_search.compound_scaling import AXES
from grid_search.cost_function import CostFunction
from grid_search.family.finished_law import FinishedLaw
from grid_search.law_search.shapes import shape_between
from search_spaces.architecture import Architecture
from trials.statistics import margin_of_difference, margin_of_mean, pooled_sd

if TYPE_CHECKING:
    import pandas as pd

SAME_COST = 1.15  # neighbours by cost that are nearer than this factor are compared with each other
BEST, TIED = "best", "tied"


def family_table(
    networks: Mapping[str, Architecture], trials: pd.DataFrame, measure: CostFunction, baseline: Architecture
) -> pd.DataFrame:
    """Return a row for each network, by cost: ratio, sizes in baselines, accuracy with its 95 % interval, seeds.

    `trials` are those of `repeats_table`, with the key of each network. The interval is a t interval with the noise
    between seeds pooled over all networks. `standing` tells which network is `best` among those of about its cost, and
    which are `tied` with that, no further off than chance allows.
    """
    import pandas as pd

    done = trials[trials["state"] == "complete"]
    rows = [
        {
            "network": name,
            "ratio": measure(network) / measure(baseline),
            **_sizes(baseline, network),
            "key": network.key,
        }
        for name, network in networks.items()
    ]
    accuracies = done.groupby("key")["val_accuracy"].agg(["mean", "var", "count"])
    table = pd.DataFrame(rows).join(accuracies, on="key").rename(columns={"mean": "val_accuracy", "count": "seeds"})
    table["seeds"] = table["seeds"].fillna(0).astype(int)
    table = table.sort_values(["ratio", "val_accuracy"], ascending=[True, False], kind="stable", ignore_index=True)
    noise, freedom = noise_of(table)
    margins = np.array([margin_of_mean(noise, freedom, seeds) for seeds in table["seeds"]])
    table["low"], table["high"] = table["val_accuracy"] - margins, table["val_accuracy"] + margins
    table["standing"] = _standings(table, noise, freedom)
    return table.drop(columns=["key", "var"]).replace([np.inf, -np.inf], np.nan)


def noise_of(table: pd.DataFrame) -> tuple[float, int]:
    """Return the pooled standard deviation between seeds and its degrees of freedom; each network counts once."""
    once = table.drop_duplicates("key")
    return pooled_sd(once["seeds"].to_numpy(dtype=np.float64), once["var"].to_numpy(dtype=np.float64))


def with_law(table: pd.DataFrame, networks: Mapping[str, Architecture], law: FinishedLaw) -> pd.DataFrame:
    """Return the table with what the law foretold: `law`, `law_low`, `law_high` (90 %), `extrapolated`, `holds`.

    `holds` tells whether the band and the interval of what was trained overlap; missing where either is.
    """
    foretold = [law.foretell(networks[name]) for name in table["network"]]
    beyond = (table["ratio"] > law.dearest).astype(object)
    told = table.assign(
        law=[math.nan if one is None else one.accuracy for one in foretold],
        law_low=[math.nan if one is None else one.low for one in foretold],
        law_high=[math.nan if one is None else one.high for one in foretold],
        extrapolated=beyond.where([one is not None for one in foretold], None),
    )
    both = told[["low", "law_low"]].notna().all(axis=1)
    overlap = (told["low"] <= told["law_high"]) & (told["law_low"] <= told["high"])
    return told.assign(holds=overlap.astype(object).where(both, None))


def _sizes(baseline: Architecture, network: Architecture) -> dict[str, Any]:
    shape = shape_between(baseline, network)
    return dict.fromkeys(AXES, math.nan) if shape is None else dict(zip(AXES, np.exp(shape).tolist(), strict=True))


def _standings(table: pd.DataFrame, noise: float, freedom: int) -> list[str]:
    groups = (table["ratio"] > SAME_COST * table["ratio"].shift(fill_value=math.inf)).cumsum()
    standings = dict.fromkeys(table.index, "")
    for _, rows in table[table["seeds"] > 0].groupby(groups):
        if len(rows) < 2:
            continue
        best = rows["val_accuracy"].idxmax()
        for place, row in rows.iterrows():
            margin = margin_of_difference(noise, freedom, row["seeds"], rows.loc[best, "seeds"])
            near = rows.loc[best, "val_accuracy"] - row["val_accuracy"] <= margin
            standings[place] = BEST if place == best else TIED if near else ""
    return list(standings.values())

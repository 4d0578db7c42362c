"""Networks of a pool that were trained without training, for tests."""

from __future__ import annotations

from functools import cache

import pandas as pd

from grid_search.compound_scaling import COEFFICIENTS, Coefficients, scale
from grid_search.grid.config import GridConfig
from grid_search.law.config import LawConfig
from grid_search.law.posterior import Law
from grid_search.law_search.pool import Pool, network_pool
from grid_search.law_search.search import train_for_law
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import Rounding
from tests.objectives import by_law
from trials.study.plan import Planned

BASELINE = reference("efficientnet-b0")


@cache
def pool() -> Pool:
    return network_pool(BASELINE, GridConfig(rounding=Rounding(depth="nearest")), LawConfig())


def row(plan: Planned, seed: int) -> dict[str, object]:
    """Return a finished training as `candidate_table` tells it."""
    network = scale(BASELINE, Coefficients.of(plan.parameters), 1.0, pool().config.rounding)
    ratio = estimate_cost(network).flops / estimate_cost(BASELINE).flops
    accuracy = by_law(network, seed)["val_accuracy"]
    known = {"state": "complete", "epochs": None, "ratio": ratio, "val_accuracy": accuracy}
    return dict(plan.parameters) | dict(plan.labels) | known


class Trainings:
    """What was trained, in order; more may be there already, as in a study that goes on."""

    def __init__(self, before: pd.DataFrame | None = None) -> None:
        self.table = pd.DataFrame() if before is None else before
        self.asked: list[tuple[float, ...]] = []

    def train(self, plan: list[Planned], _title: str) -> None:
        self.asked += [tuple(one.parameters[name] for name in COEFFICIENTS) for one in plan]
        known = set() if self.table.empty else set(self.table["name"])
        missing = [one for one in plan if one.name not in known]
        rows = [row(one, len(self.table) + place) | {"name": one.name} for place, one in enumerate(missing)]
        self.table = pd.concat([self.table, pd.DataFrame(rows)], ignore_index=True)

    def search(self, config: LawConfig) -> Law | None:
        return train_for_law(pool(), config, 0, self.train, lambda: self.table)


@cache
def finished() -> pd.DataFrame:
    """Return the trainings of a search of 12 networks."""
    trainings = Trainings()
    trainings.search(LawConfig(trainings=12, sharp=0))
    return trainings.table

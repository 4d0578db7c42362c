"""A scaling search read back from its folder, finished or still going. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grid_search.config import ScaleExperiment
from grid_search.family.finished import BASELINE_FILE
from grid_search.grid.enumeration import Grid
from grid_search.search.ground import Ground, make_ground
from grid_search.search.results import ScaleResult, candidate_table, result_of
from search_spaces.architecture import Architecture
from search_spaces.exchange.source import is_file, load_architecture
from trials.resolving import as_deployed
from trials.study.snapshot import read_run, read_studies, read_table, readable_url, work_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """A scaling search as its folder tells it; `work` has a row for each trial that ended (`work_of`)."""

    experiment: ScaleExperiment
    record: Mapping[str, Any]
    result: ScaleResult
    work: pd.DataFrame

    @property
    def state(self) -> str:
        """How far the run is: running, finished or failed."""
        return str(self.record.get("state", "finished"))


def read_scaling(directory: Path, storage: str | None = None) -> Scaling:
    """Return the search in `directory` (results/NAME or results/NAME/scale), at the moment of reading.

    `storage` is the Optuna URL of a search that keeps its trials elsewhere. Raises InvalidInput where there is no
    search, or what is left of it cannot be read.
    """
    folder, record, experiment = read_run(directory, "scale", "scale search", ScaleExperiment)
    url = readable_url(storage or experiment.scale.storage)
    ground: Ground = make_ground(_baseline(experiment, folder), experiment.scale, experiment.cost.task)
    studies = read_studies(folder, f"{experiment.name}/scale", url)
    table = candidate_table(studies[""], ground) if "" in studies else _written_table(folder / "trials.csv")
    return Scaling(
        experiment=experiment,
        record=record,
        result=result_of(table, ground, experiment.scale, folder, experiment.seed),
        work=work_of({"": studies[""]} if "" in studies else {}),
    )


def trained(grid: Grid, result: ScaleResult) -> pd.Series:
    """Tell which rows of the grid were trained, by its index."""
    table = result.trials[result.trials["role"] == "compound"]
    known = {tuple(row) for row in table[["alpha", "beta", "gamma"]].to_numpy().tolist()}
    return grid.frame[["alpha", "beta", "gamma"]].apply(tuple, axis=1).isin(known)


def _written_table(path: Path) -> pd.DataFrame:
    table = read_table(path, ("role", "curve"))
    return table if "epochs" in table else table.assign(epochs=None)  # before there were rungs


def _baseline(experiment: ScaleExperiment, folder: Path) -> Architecture:
    """Return the baseline: what the finished run left, or else what the experiment names or stage 1 left beside it."""
    named, own, found = experiment.scale.baseline, folder / BASELINE_FILE, folder.parent / "nas" / "best.yaml"
    if own.is_file():
        return load_architecture(own)
    if named is None:
        return load_architecture(found)
    return load_architecture(named) if is_file(named) else as_deployed(load_architecture(named), experiment)

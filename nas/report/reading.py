"""A search read back from its folder, finished or still going: tables, record, durations. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna

from nas.config import NasExperiment
from nas.search.references import reference_name
from nas.search.results import rewarded
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import Choice, Scalar, SearchSpace
from trials.resolving import space_of
from trials.study.attributes import DUPLICATE_OF
from trials.study.report import trials_table
from trials.study.snapshot import read_run, read_studies, read_table, readable_url, work_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search as its folder tells it.

    `candidates` and `references` are tables of trials (`trials_table`, with one `value`); `work` has a row for each
    trial that ended (`work_of`), none where only tables are left.
    """

    experiment: NasExperiment
    space: SearchSpace
    record: Mapping[str, Any]
    folder: Path
    candidates: pd.DataFrame
    references: pd.DataFrame
    work: pd.DataFrame

    @property
    def measure(self) -> str:
        """The metric that says how good a network is."""
        return self.experiment.objective.measure

    @property
    def state(self) -> str:
        """How far the run is: running, finished or failed."""
        return str(self.record.get("state", "finished"))

    @property
    def results(self) -> Mapping[str, Any]:
        """The figures that the run ended with; none before it did."""
        results = self.record.get("results")
        return results if isinstance(results, Mapping) else {}

    @cached_property
    def done(self) -> pd.DataFrame:
        """The candidates that were evaluated, each network once, in the order of their numbers."""
        table = self.candidates
        return table[(table["state"] == "complete") & table[DUPLICATE_OF].isna()].reset_index(drop=True)

    @cached_property
    def judged_references(self) -> pd.DataFrame:
        """The published networks that were evaluated beside the candidates."""
        return self.references[self.references["state"] == "complete"].reset_index(drop=True)

    @cached_property
    def best(self) -> Mapping[str, Any] | None:
        """The row of the best candidate: what the run decided, and before it ended the highest reward so far."""
        if self.done.empty or self.results.get("problem"):
            return None
        decided = self.results.get("best")
        number = decided.get("number") if isinstance(decided, Mapping) else None
        rows = self.done[self.done["number"] == number]
        row: dict[str, Any] = (rows if len(rows) else self.done.loc[[self.done["value"].idxmax()]]).iloc[0].to_dict()
        return row

    def network(self, row: Mapping[str, Any]) -> Architecture:
        """Return the network of a row of `candidates`."""
        return self.space.decode({choice.name: row[choice.name] for choice in self.space.choices})


def read_search(directory: Path, storage: str | None = None) -> Search:
    """Return the search in `directory` (results/NAME or results/NAME/nas), at the moment of reading.

    `storage` is the Optuna URL of a search that keeps its trials elsewhere. Raises InvalidInput where there is no
    search, or what is left of it cannot be read.
    """
    folder, record, experiment = read_run(directory, "nas", "nas run", NasExperiment)
    url = readable_url(storage or experiment.nas.storage)
    studies = read_studies(folder, f"{experiment.name}/nas/", url)
    space = space_of(experiment)
    if "candidates" in studies:
        return search_of(experiment, record, folder, studies)
    return Search(
        experiment=experiment,
        space=space,
        record=record,
        folder=folder,
        candidates=_with_options(read_table(folder / "trials.csv", [choice.name for choice in space.choices]), space),
        references=read_table(folder / "references.csv", ()),
        work=work_of({}),
    )


def search_of(
    experiment: NasExperiment, record: Mapping[str, Any], folder: Path, studies: Mapping[str, optuna.Study]
) -> Search:
    """Return the search that these studies (`candidates`, and `references` and `finalists` if any) are of."""
    return Search(
        experiment=experiment,
        space=space_of(experiment),
        record=record,
        folder=folder,
        candidates=rewarded(trials_table(studies["candidates"]), experiment.reward),
        references=_references(studies.get("references")),
        work=work_of(studies),
    )


def _references(study: optuna.Study | None) -> pd.DataFrame:
    import pandas as pd

    if study is None:
        return pd.DataFrame(columns=["name", "state", "value", "flops", "params", "val_accuracy", "reason"])
    table = trials_table(study)
    names = [reference_name(trial.user_attrs) for trial in study.get_trials(deepcopy=False)]
    table.insert(0, "name", names)
    return table


def _with_options(table: pd.DataFrame, space: SearchSpace) -> pd.DataFrame:
    """Return the table with the options of the space in the place of their texts. Raises InvalidInput."""
    for choice in space.choices:
        found = [_option(text, choice) for text in table.get(choice.name, ())]
        if not found:
            raise InvalidInput("trials.csv", choice.name, f"a column with options of the space {space.name}")
        table[choice.name] = _column(found)
    return table


def _column(values: list[Any]) -> pd.Series:
    """Return values as a column that keeps their kinds: 1 stays an integer, none stays none."""
    import pandas as pd

    return pd.Series(values, dtype=object)


def _option(text: object, choice: Choice) -> Scalar:
    """Return the option that a cell of a table tells: pandas writes 0 as 0.0 beside 0.25. Raises InvalidInput."""
    if text != text and None in choice.options:  # NaN, as pandas reads nothing
        return None
    for option in choice.options:
        if str(option) == text or (isinstance(option, int | float) and _number(text) == option):
            return option
    raise InvalidInput("trials.csv", text, f"{choice.name}: one of {', '.join(map(str, choice.options))}")


def _number(text: object) -> float | None:
    try:
        return float(str(text))
    except ValueError:
        return None

"""Two networks under the same objective over several seeds, in a study of their own. Restartable. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.storages import BaseStorage
from rich.console import Console

from nas.compare.difference import Difference, difference
from nas.compare.stage_table import stage_table
from nas.config import NasConfig
from nas.finished_search import NamedNetwork
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping, parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.accounting import cost_counter, require_accuracy, reward_of
from trials.console.progress import LiveTable
from trials.console.run_record import write_run_record
from trials.engines import as_evaluated, open_engine
from trials.experiment import Experiment, decisive_settings
from trials.objectives import make_objective
from trials.study.candidate import Candidate
from trials.study.ledger import Ledger
from trials.study.opening import open_study
from trials.study.plan import Planned, enqueue_missing
from trials.study.report import trials_table, write_csv
from trials.study.storage import exclusive, open_storage

if TYPE_CHECKING:
    import pandas as pd

NETWORK, SHOWN, REPEAT = "architecture", "shown", "repeat"
MEASURED = ("val_accuracy", "value")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two networks, their trials (a row a seed) and how they differ in `val_accuracy` and in reward (`value`)."""

    found: NamedNetwork
    reference: NamedNetwork
    trials: pd.DataFrame
    stages: pd.DataFrame
    differences: dict[str, Difference]
    folder: Path

    def values(self, network: NamedNetwork, column: str) -> list[float]:
        """Return a column's values over the seeds of one network that finished."""
        return _values(self.trials, network, column)


def run_comparison(
    name: str,
    experiment: Experiment,
    found: NamedNetwork,
    reference: NamedNetwork,
    *,
    seeds: int,
    out: Path,
    console: Console,
    command: str,
) -> Comparison:
    """Evaluate both networks with `seeds` seeds each, unless that was done before; files go to `out/<name>/compare`.

    Raises InvalidInput for a network compared with itself, and for an experiment that cannot be run.
    """
    require_accuracy(experiment, "nas compare")
    if found.architecture.key == reference.architecture.key:
        raise InvalidInput("--reference", reference.name, f"another network than {found.name}: these two are equal")
    if found.name == reference.name:
        found = NamedNetwork(name=f"{found.name}-found", architecture=found.architecture)
    storage = validated(NasConfig, experiment.nas, f"{name}.nas").storage
    folder = out / name / "compare"
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    with open_engine(experiment.compute) as run_candidates, exclusive(folder):
        study = _open(name, experiment, open_storage(storage, folder / "study.journal"))
        ledger = _ledger(study, experiment, plan([found, reference], seeds))
        with LiveTable(console, "compare", done=ledger.evaluated, total=ledger.budget, name=_shown_name) as progress:
            run_candidates(ledger, evaluate, progress.finished)
        comparison = _collect(found, reference, comparison_table(study, [found, reference], seeds), experiment, folder)
        _write(comparison, experiment, command)
    return comparison


def plan(networks: Sequence[NamedNetwork], seeds: int) -> list[Planned]:
    """Return a trial for every network and repeat, the networks taking turns; each carries its network with it."""
    return [
        Planned(
            name=_trial_name(network.architecture, repeat),
            labels={
                NETWORK: architecture_mapping(network.architecture),
                SHOWN: network.name,
                REPEAT: repeat,
            },
        )
        for repeat in range(seeds)
        for network in networks
    ]


def comparison_table(study: optuna.Study, networks: Sequence[NamedNetwork], seeds: int) -> pd.DataFrame:
    """Return the trials of these networks and the first `seeds` repeats, with `network` and `repeat` in front."""
    table = trials_table(study)
    names = {network.architecture.key: network.name for network in networks}
    repeats = [trial.user_attrs[REPEAT] for trial in study.get_trials(deepcopy=False)]
    table.insert(0, "network", table["key"].map(names))
    table.insert(1, "repeat", repeats)
    return table[table["network"].notna() & (table["repeat"] < seeds)].reset_index(drop=True)


def _open(name: str, experiment: Experiment, storage: BaseStorage) -> optuna.Study:
    return open_study(
        storage,
        f"{name}/compare",
        sampler=optuna.samplers.RandomSampler(seed=0),
        settings=decisive_settings(experiment, "reward"),
    )


def _collect(
    found: NamedNetwork, reference: NamedNetwork, trials: pd.DataFrame, experiment: Experiment, folder: Path
) -> Comparison:
    differences = {
        column: difference(_values(trials, found, column), _values(trials, reference, column)) for column in MEASURED
    }
    return Comparison(
        found=found,
        reference=reference,
        trials=trials,
        stages=stage_table(found.architecture, reference.architecture, experiment.cost.num_classes),
        differences=differences,
        folder=folder,
    )


def _ledger(study: optuna.Study, experiment: Experiment, planned: list[Planned]) -> Ledger:
    return Ledger(
        study=study,
        distributions={},
        decode=lambda labels: parse_architecture(labels[NETWORK]),
        cost_of=cost_counter(experiment),
        value_of=reward_of(experiment),
        seed=experiment.seed,
        budget=enqueue_missing(study, planned),
        skip_duplicates=False,
    )


def _trial_name(architecture: Architecture, repeat: int) -> str:
    return f"{architecture.key} repeat {repeat}"


def _shown_name(candidate: Candidate) -> str:
    return f"{candidate.labels[SHOWN]} repeat {candidate.labels[REPEAT] + 1}"


def _values(trials: pd.DataFrame, network: NamedNetwork, column: str) -> list[float]:
    done = trials[(trials["network"] == network.name) & (trials["state"] == "complete")]
    return [float(value) for value in done[column]]


def _write(comparison: Comparison, experiment: Experiment, command: str) -> None:
    write_csv(comparison.trials, comparison.folder / "comparison.csv")
    write_csv(comparison.stages, comparison.folder / "stages.csv")
    results: dict[str, Any] = {
        "found": comparison.found.name,
        "reference": comparison.reference.name,
        "differences": {column: _plain(value) for column, value in comparison.differences.items()},
    }
    write_run_record(comparison.folder / "run.json", command=command, settings=asdict(experiment), results=results)


def _plain(gap: Difference) -> dict[str, float | None]:
    """Return a difference with None for NaN, which JSON does not have."""
    return {name: None if math.isnan(value) else value for name, value in asdict(gap).items()}

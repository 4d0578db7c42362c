"""Two networks under the same objective over several seeds, in a study of their own. Restartable. No torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from nas.compare.difference import Difference, difference
from nas.compare.stage_table import stage_table
from nas.config import NasExperiment
from nas.finished_search import NamedNetwork
from search_spaces.errors import InvalidInput
from trials.accounting import reward_of, with_accuracies
from trials.console.run_record import recorded_run
from trials.engines import as_evaluated
from trials.experiment import Experiment
from trials.objectives import make_objective
from trials.repeats import plan_repeats, repeats_table, shown_repeat
from trials.session import open_session
from trials.study.report import write_csv
from trials.study.settings import decisive_settings

if TYPE_CHECKING:
    import pandas as pd

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
    experiment: NasExperiment,
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
    experiment = with_accuracies(experiment, "nas compare")
    if found.architecture.key == reference.architecture.key:
        raise InvalidInput("--reference", reference.name, f"another network than {found.name}: these two are equal")
    if found.name == reference.name:
        found = NamedNetwork(name=f"{found.name}-found", architecture=found.architecture)
    folder = out.absolute() / experiment.name / "compare"
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    storage = experiment.nas.storage
    with open_session(experiment, folder, storage=storage, evaluate=evaluate, console=console) as session:
        study = session.open_study(settings=decisive_settings(experiment, "reward"))
        networks = {network.name: network.architecture for network in (found, reference)}
        ledger = session.planned_ledger(study, plan_repeats(networks, seeds), value_of=reward_of(experiment))
        with recorded_run(folder / "run.json", command=command, settings=asdict(experiment)) as figures:
            session.run(ledger, "compare", shown_repeat)
            table = repeats_table(study, networks, seeds)
            comparison = _collect(found, reference, table, experiment, folder)
            figures.update(_write(comparison))
    return comparison


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


def _values(trials: pd.DataFrame, network: NamedNetwork, column: str) -> list[float]:
    done = trials[(trials["network"] == network.name) & (trials["state"] == "complete")]
    return [float(value) for value in done[column]]


def _write(comparison: Comparison) -> dict[str, Any]:
    write_csv(comparison.trials, comparison.folder / "comparison.csv")
    write_csv(comparison.stages, comparison.folder / "stages.csv")
    return {
        "found": comparison.found.name,
        "reference": comparison.reference.name,
        "differences": {column: asdict(value) for column, value in comparison.differences.items()},
    }

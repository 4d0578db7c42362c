"""Given networks trained alike over seeds, in a study of their own. Restartable. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from grid_search.compare.foretelling import law_of_same_training
from grid_search.compare.plot import plot_families
from grid_search.compare.table import family_table, with_law
from grid_search.config import ScaleExperiment
from grid_search.cost_function import cost_function
from grid_search.search.candidates import BASELINE
from grid_search.search.ground import as_named, deployed_baseline
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import is_file, load_architecture
from trials.accounting import accuracy_alone, with_accuracies
from trials.console.run_record import recorded_run
from trials.engines import as_evaluated
from trials.objectives import make_objective
from trials.repeats import plan_repeats, repeats_table, shown_repeat
from trials.session import open_session
from trials.study.report import write_csv
from trials.study.settings import decisive_settings

if TYPE_CHECKING:
    import pandas as pd

PART = "scale-compare"


@dataclass(frozen=True, kw_only=True)
class FamilyComparison:
    """Networks trained alike: `table` as `family_table` returns it, `trials` a row a seed.

    `dearest` is the cost in baselines beyond which the law that was asked extrapolates, None without a law.
    """

    table: pd.DataFrame
    trials: pd.DataFrame
    folder: Path
    dearest: float | None = None


def named_networks(sources: Iterable[str], experiment: ScaleExperiment, out: Path) -> dict[str, Architecture]:
    """Return the networks of files and published names by a name for the table, the baseline first.

    A file is called by its folder and its own name, so that `law/b0-4x.yaml` and `grid/b0-4x.yaml` differ.
    Raises InvalidInput for what names no network, and for two of one name.
    """
    networks = {BASELINE: deployed_baseline(experiment, out)}
    for source in sources:
        network = as_named(source, load_architecture(source), experiment)
        path = Path(source)
        name = f"{path.absolute().parent.name}/{path.stem}" if is_file(source) else source
        if name in networks:
            raise InvalidInput("networks", source, "a folder and name that no other network has")
        networks[name] = network
    return networks


def compare_family(
    experiment: ScaleExperiment,
    sources: Iterable[str],
    *,
    seeds: int,
    law: Path | None,
    out: Path,
    console: Console,
    command: str,
) -> FamilyComparison:
    """Train every network and the baseline with `seeds` seeds, unless that was done; files go to `PART` of the results.

    `law` are the results of a scaling search whose law foretells the accuracies. Raises InvalidInput, before anything
    is trained, for networks and a law that cannot be used.
    """
    experiment = with_accuracies(experiment, "scale compare")
    networks = named_networks(sources, experiment, out)
    foretold = None if law is None else law_of_same_training(law, experiment)
    measure = cost_function(experiment.scale.grid.cost, experiment.cost.task)
    folder = out.absolute() / experiment.name / PART
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    storage = experiment.scale.storage
    with open_session(experiment, folder, storage=storage, evaluate=evaluate, console=console) as session:
        study = session.open_study(settings=decisive_settings(experiment))
        ledger = session.planned_ledger(study, plan_repeats(networks, seeds), value_of=accuracy_alone)
        with recorded_run(folder / "run.json", command=command, settings=asdict(experiment)) as figures:
            session.run(ledger, "compare", shown_repeat)
            trials = repeats_table(study, networks, seeds)
            table = family_table(networks, trials, measure, networks[BASELINE])
            table = table if foretold is None else with_law(table, networks, foretold)
            result = FamilyComparison(
                table=table, trials=trials, folder=folder, dearest=None if foretold is None else foretold.dearest
            )
            figures.update(_write(result))
    return result


def _write(result: FamilyComparison) -> dict[str, Any]:
    write_csv(result.trials, result.folder / "trials.csv")
    write_csv(result.table, result.folder / "comparison.csv")
    plot_families(result.table, result.folder / "comparison.png", result.dearest)
    return {"networks": len(result.table), "dearest": result.dearest}

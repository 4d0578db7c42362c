"""An experiment's evaluation held against networks of known accuracy, in a study. Restartable. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from nas.config import NasExperiment
from nas.qa.truth.figures import Agreement, collect
from nas.qa.truth.networks import KnownNetwork
from nas.qa.truth.plot import plot_agreement
from search_spaces.architecture_file import architecture_mapping
from search_spaces.errors import InvalidInput
from trials.accounting import reward_of
from trials.console.run_record import recorded_run
from trials.engines import as_evaluated
from trials.objectives import make_objective
from trials.resolving import as_deployed
from trials.session import NETWORK, open_session
from trials.study.candidate import Candidate
from trials.study.plan import Planned
from trials.study.report import write_csv
from trials.study.settings import decisive_settings

SHOWN = "shown"


def run_agreement(
    experiment: NasExperiment, networks: Sequence[KnownNetwork], *, out: Path, console: Console, command: str
) -> Agreement:
    """Evaluate each network once, as a candidate is, and write truth.csv, truth.png and run.json to `out/<name>/truth`.

    The known accuracies are no part of the study: they are compared with it afterwards. Raises InvalidInput for an
    objective that measures nothing here.
    """
    if experiment.objective.benchmark:
        accepted = "an objective that measures something itself: train, shared, zero-cost or python"
        raise InvalidInput("objective.benchmark", experiment.objective.benchmark, accepted)
    folder = out.absolute() / experiment.name / "truth"
    networks = [replace(known, architecture=as_deployed(known.architecture, experiment)) for known in networks]
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    storage = experiment.nas.storage
    with open_session(experiment, folder, storage=storage, evaluate=evaluate, console=console) as session:
        study = session.open_study(settings=decisive_settings(experiment, "space"))
        ledger = session.planned_ledger(study, _planned(networks), value_of=reward_of(experiment))
        with recorded_run(folder / "run.json", command=command, settings=asdict(experiment)) as figures:
            session.run(ledger, "truth", _shown_name)
            agreement = collect(study, networks, experiment, folder)
            write_csv(agreement.table, folder / "truth.csv")
            plot_agreement(agreement, folder / "truth.png")
            figures["kendall_tau"] = {name: asdict(found) for name, found in agreement.taus.items()}
            figures["partial_tau"] = {name: asdict(found) for name, found in agreement.partial.items()}
            figures["seconds"] = agreement.seconds
    return agreement


def _planned(networks: Sequence[KnownNetwork]) -> Iterator[Planned]:
    for known in networks:
        labels = {NETWORK: architecture_mapping(known.architecture), SHOWN: known.name}
        yield Planned(name=known.architecture.key, labels=labels)


def _shown_name(candidate: Candidate) -> str:
    return str(candidate.labels[SHOWN])

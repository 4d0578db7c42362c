"""The fidelity of a proxy measured: networks trained briefly and for longer, in a study. Restartable. No torch."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from nas.config import NasExperiment
from nas.qa.figures import Quality, collect
from nas.qa.plan import (
    EPOCHS,
    METHOD,
    REPEAT,
    SHOWN,
    TRAIN,
    QualityPlan,
    planned,
    sample_networks,
)
from nas.qa.plot import plot_quality
from search_spaces.cost import Cost
from search_spaces.errors import InvalidInput
from trials.console.run_record import recorded_run
from trials.engines import as_evaluated
from trials.experiment import Experiment
from trials.objectives import make_objective
from trials.objectives.zero_cost import zero_cost
from trials.session import open_session
from trials.study.candidate import Candidate, Evaluate, Metrics, Report
from trials.study.report import write_csv
from trials.study.settings import decisive_settings


def run_quality(experiment: NasExperiment, plan: QualityPlan, *, out: Path, console: Console, command: str) -> Quality:
    """Evaluate what was not before and write qa.csv, qa.png and run.json to `out/<name>/qa`.

    Raises InvalidInput for an objective that is no training, and for limits that no sampled network keeps.
    """
    networks = sample_networks(experiment, plan.networks)
    folder = out.absolute() / experiment.name / "qa"
    evaluate = make_evaluate(as_evaluated(experiment), folder / "checkpoints")
    storage = experiment.nas.storage
    with open_session(experiment, folder, storage=storage, evaluate=evaluate, console=console) as session:
        study = session.open_study(settings=decisive_settings(experiment, "space", "limits"))
        ledger = session.planned_ledger(study, planned(networks, experiment, plan), value_of=_accuracy_or_score)
        with recorded_run(folder / "run.json", command=command, settings=asdict(experiment)) as figures:
            session.run(ledger, "qa", _shown_name)
            quality = collect(study, networks, experiment, plan, folder)
            figures.update(_write(quality, plan))
    return quality


def make_evaluate(experiment: Experiment, checkpoints: Path | None = None) -> Evaluate:
    """Return what evaluates a trial as its labels say: trained for so many epochs, or scored untrained."""
    if experiment.objective.name != "train" or not experiment.objective.uses_torch:
        raise InvalidInput("objective", experiment.objective, "train: nothing else has a longer schedule")
    evaluations: dict[tuple[str, int], Evaluate] = {}

    def evaluate(candidate: Candidate, report: Report) -> Metrics:
        wanted = candidate.labels[METHOD], candidate.labels[EPOCHS]
        if wanted not in evaluations:
            evaluations[wanted] = _evaluation(experiment, *wanted, checkpoints)
        return evaluations[wanted](candidate, report)

    return evaluate


def _evaluation(experiment: Experiment, method: str, epochs: int, checkpoints: Path | None) -> Evaluate:
    if method == TRAIN:
        return make_objective(replace(experiment, training=replace(experiment.training, epochs=epochs)), checkpoints)
    return zero_cost(experiment, method)


def _accuracy_or_score(metrics: Metrics, _cost: Cost) -> list[float]:
    return [metrics["val_accuracy" if "val_accuracy" in metrics else "score"]]


def _shown_name(candidate: Candidate) -> str:
    labels = candidate.labels
    what = f"{labels[EPOCHS]} epochs, seed {labels[REPEAT] + 1}" if labels[METHOD] == TRAIN else labels[METHOD]
    return f"{labels[SHOWN]}, {what}"


def _write(quality: Quality, plan: QualityPlan) -> dict[str, Any]:
    write_csv(quality.table, quality.folder / "qa.csv")
    plot_quality(quality.table, quality.taus, quality.epochs, quality.folder / "qa.png")
    return {
        "plan": asdict(plan),
        "kendall_tau": {name: asdict(value) for name, value in quality.taus.items()},
        "lead_of_proxy": {name: asdict(value) for name, value in quality.leads.items()},
        "seconds": quality.seconds,
        "noise_sd": quality.noise_sd,
        "spread_sd": quality.spread_sd,
    }

"""Whether the proxy can be trusted: networks trained shortly and for longer, in a study. Restartable. No torch."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import optuna
from rich.console import Console

from nas.config import NasConfig
from nas.qa.figures import Quality, collect
from nas.qa.plan import (
    EPOCHS,
    METHOD,
    NETWORK,
    REPEAT,
    SHOWN,
    TRAIN,
    QualityPlan,
    planned,
    sample_networks,
)
from nas.qa.plot import plot_quality
from search_spaces.architecture_file import parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.accounting import cost_counter
from trials.console.progress import LiveTable
from trials.console.run_record import write_run_record
from trials.engines import as_evaluated, open_engine
from trials.experiment import Experiment, decisive_settings
from trials.objectives import make_objective
from trials.objectives.train import Training
from trials.objectives.zero_cost import zero_cost
from trials.study.candidate import Candidate, Evaluate, Metrics, Report
from trials.study.ledger import Ledger
from trials.study.opening import open_study
from trials.study.plan import Planned, enqueue_missing
from trials.study.report import write_csv
from trials.study.storage import exclusive, open_storage


def run_quality(
    name: str, experiment: Experiment, plan: QualityPlan, *, out: Path, console: Console, command: str
) -> Quality:
    """Evaluate what was not before and write qa.csv, qa.png and run.json to `out/<name>/qa`.

    Raises InvalidInput for an objective that is no training, and for limits that no sampled network keeps.
    """
    config = validated(NasConfig, experiment.nas, f"{name}.nas")
    networks = sample_networks(experiment, config, plan.networks)
    folder = out / name / "qa"
    evaluate = make_evaluate(as_evaluated(experiment), folder / "checkpoints")
    with open_engine(experiment.compute) as run_candidates, exclusive(folder):
        study = open_study(
            open_storage(config.storage, folder / "study.journal"),
            f"{name}/qa",
            sampler=optuna.samplers.RandomSampler(seed=0),
            settings=decisive_settings(experiment, "space", "limits"),
        )
        ledger = _ledger(study, experiment, list(planned(networks, experiment, plan)))
        with LiveTable(console, "qa", done=ledger.evaluated, total=ledger.budget, name=_shown_name) as progress:
            run_candidates(ledger, evaluate, progress.finished)
        quality = collect(study, networks, experiment, plan, folder)
        _write(quality, experiment, plan, command)
    return quality


def make_evaluate(experiment: Experiment, checkpoints: Path | None = None) -> Evaluate:
    """Return what evaluates a trial as its labels say: trained for so many epochs, or scored untrained."""
    if not isinstance(make_objective(experiment), Training):
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


def _ledger(study: optuna.Study, experiment: Experiment, plan: list[Planned]) -> Ledger:
    return Ledger(
        study=study,
        distributions={},
        decode=lambda labels: parse_architecture(labels[NETWORK]),
        cost_of=cost_counter(experiment),
        value_of=lambda metrics, _cost: [metrics["val_accuracy" if "val_accuracy" in metrics else "score"]],
        seed=experiment.seed,
        budget=enqueue_missing(study, plan),
        skip_duplicates=False,
    )


def _shown_name(candidate: Candidate) -> str:
    labels = candidate.labels
    what = f"{labels[EPOCHS]} epochs, seed {labels[REPEAT] + 1}" if labels[METHOD] == TRAIN else labels[METHOD]
    return f"{labels[SHOWN]}, {what}"


def _write(quality: Quality, experiment: Experiment, plan: QualityPlan, command: str) -> None:
    write_csv(quality.table, quality.folder / "qa.csv")
    plot_quality(quality.table, quality.taus, quality.epochs, quality.folder / "qa.png")
    figures = {
        "plan": asdict(plan),
        "kendall_tau": {name: asdict(value) for name, value in quality.taus.items()},
        "lead_of_proxy": {name: asdict(value) for name, value in quality.leads.items()},
        "seconds": quality.seconds,
        "noise_sd": quality.noise_sd,
        "spread_sd": quality.spread_sd,
    }
    write_run_record(
        quality.folder / "run.json", command=command, settings=asdict(experiment), results=_without_nan(figures)
    )


def _without_nan(figures: Any) -> Any:
    """Return figures with None for NaN, which JSON does not have."""
    if isinstance(figures, dict):
        return {name: _without_nan(value) for name, value in figures.items()}
    return None if isinstance(figures, float) and math.isnan(figures) else figures

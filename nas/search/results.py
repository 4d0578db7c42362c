"""The results of a search: tables, the best network, a record of the run, a plot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna

from nas.config import NasExperiment
from nas.finalists.evidence import evidence_figures, evidence_of, evidence_sentences
from nas.finalists.figures import figure_of, figures_of
from nas.finalists.ranking import Ranking
from nas.qa.rank_correlation import Estimate
from nas.search.curves import stops_told
from nas.search.plots import plot_accuracy_against_flops
from nas.search.references import reference_name
from nas.search.smoothing import deciding, smoothed
from nas.search.trust import Validation, validation_of
from nas.search.verdict import problem_of
from search_spaces.architecture import Architecture
from search_spaces.emission import emit_architecture
from search_spaces.search_space import SearchSpace
from trials.accounting import reward_of_values
from trials.experiment import Experiment
from trials.reward import Reward
from trials.study.attributes import LATENCY
from trials.study.report import ENDED, pareto_front, trials_table, write_csv

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """How a search ended: trials as tables (`references` has a `name`), the best network and its row.

    `problem` says why there is no result that means anything; then nothing is called the best. `halted` says why the
    run stopped before its end; what was found before stays. `validation` is what accuracies were measured on, where
    candidates were trained here. `stops` says what was stopped early by its curve, where that was asked. `ranking` is
    the order of the finalists and `trainings` what it was made of, where there are any: the best is then the first.
    `sources` is how well each source that the sampler learned from agreed with the rewards, by name.
    """

    candidates: pd.DataFrame
    references: pd.DataFrame
    best: Architecture | None
    best_row: dict[str, Any] | None
    exhausted: bool
    folder: Path
    problem: str | None = None
    halted: str | None = None
    validation: Validation | None = None
    ranking: Ranking | None = None
    trainings: pd.DataFrame | None = None
    stops: str | None = None
    sources: Mapping[str, Estimate] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """Return the number of candidates that ended in a state."""
        return int((self.candidates["state"] == state).sum())


def collect(
    study: optuna.Study,
    references: optuna.Study,
    space: SearchSpace,
    folder: Path,
    *,
    exhausted: bool,
    experiment: NasExperiment,
) -> SearchResult:
    """Read both studies into tables and pick the best candidate: the highest reward, the earliest of equals.

    Of a study with two objectives (accuracy, cost) it is the highest on the front; with shared weights the highest by
    a model of all candidates (`smoothed`).
    """
    candidates = rewarded(trials_table(study), experiment.reward)
    candidates, beside = smoothed(candidates, _references_table(references), (study, references), space, experiment)
    validation = validation_of(experiment)
    problem = problem_of(candidates, experiment.objective.measure, experiment.limits, validation)
    best_row, best, by_curves = None, None, experiment.nas.pruner == "curves"
    if problem is None:
        best_row = best_first(candidates, study).iloc[0].to_dict()
        best = space.decode(study.get_trials(deepcopy=False)[int(best_row["number"])].params)
    return SearchResult(
        candidates=candidates,
        references=beside,
        best=best,
        best_row=best_row,
        exhausted=exhausted,
        folder=folder,
        problem=problem,
        validation=validation,
        stops=stops_told(study.get_trials(deepcopy=False), experiment.training.epochs) if by_curves else None,
    )


def decided(result: SearchResult, ranking: Ranking, trainings: pd.DataFrame) -> SearchResult:
    """Return the result with the first of the finalists as the best."""
    first, rows = ranking.order[0], result.candidates
    best_row = rows[rows["number"] == first.trial].iloc[0].to_dict()
    return replace(result, best=first.architecture, best_row=best_row, ranking=ranking, trainings=trainings)


def best_first(candidates: pd.DataFrame, study: optuna.Study) -> pd.DataFrame:
    """Return the candidates that were evaluated by what decides; of a study with two objectives those on its front."""
    done = candidates[candidates["state"] == "complete"]
    if len(study.directions) > 1:
        done = done[done["number"].isin([trial.number for trial in study.best_trials])]
    return done.sort_values([deciding(candidates), "number"], ascending=[False, True])


def rewarded(table: pd.DataFrame, reward: Reward) -> pd.DataFrame:
    """Return trials of a study with two objectives with one `value`, the reward of the two; any others as they are."""
    if "value_0" not in table:
        return table
    pairs = zip(table.pop("value_0"), table.pop("value_1"), strict=True)
    table.insert(2, "value", [reward_of_values(pair, reward) for pair in pairs])
    return table


def write_results(result: SearchResult, experiment: Experiment) -> dict[str, Any]:
    """Write trials.csv, references.csv, pareto.csv, best.yaml, accuracy_flops.png and .svg; return the figures.

    What an earlier run called the best does not stay where this one has none.
    """
    folder = result.folder
    write_csv(result.candidates, folder / "trials.csv")
    write_csv(result.references, folder / "references.csv")
    if result.trainings is not None:
        write_csv(result.trainings, folder / "finalists.csv")
    else:
        (folder / "finalists.csv").unlink(missing_ok=True)
    if result.best is not None and result.best_row is not None:
        measure = experiment.objective.measure
        front = pareto_front(result.candidates, accuracy=measure)
        write_csv(front, folder / "pareto.csv")
        _write_best(result.best, _provenance(result, result.best_row, experiment), experiment, folder)
        plot_accuracy_against_flops(
            result.candidates,
            result.references,
            front,
            int(result.best_row["number"]),
            folder / "accuracy_flops.png",
            experiment,
        )
    else:
        for name in ("pareto.csv", "best.yaml", "accuracy_flops.png", "accuracy_flops.svg"):
            (folder / name).unlink(missing_ok=True)
    return {
        "candidates": {state: result.count(state) for state in ENDED},
        "best": _plain(result.best_row, experiment.objective.measure),
        "space_exhausted": result.exhausted,
        "problem": result.halted or result.problem,
        **({} if result.stops is None else {"stops": result.stops}),
        **_trained_alone(result.ranking, experiment),
        **({"sources": {name: asdict(tau) for name, tau in result.sources.items()}} if result.sources else {}),
    }


def _trained_alone(ranking: Ranking | None, experiment: Experiment) -> dict[str, Any]:
    """Return the finalists and how far the evidence goes, as figures and in words; nothing without finalists."""
    if ranking is None:
        return {}
    evidence = evidence_of(ranking)
    said = evidence_sentences(evidence, experiment.objective.name)
    return {"finalists": figures_of(ranking), "evidence": {**evidence_figures(evidence), "said": said}}


def _provenance(result: SearchResult, row: dict[str, Any], experiment: Experiment) -> dict[str, Any]:
    measure = experiment.objective.measure
    return {
        "experiment": experiment.name,
        "trial": int(row["number"]),
        "seed": int(row["seed"]),
        "reward": float(row["value"]),
        measure: float(row[measure]),
        **_latency(row),
        **({} if result.ranking is None else {"finalist": figure_of(result.ranking, result.ranking.order[0])}),
    }


def _write_best(best: Architecture, provenance: dict[str, Any], experiment: Experiment, folder: Path) -> None:
    named = replace(best, name=f"{experiment.name}-best")
    emit_architecture(named, folder / "best.yaml", task=experiment.cost.task, provenance=provenance)


def _references_table(references: optuna.Study) -> pd.DataFrame:
    table = trials_table(references)
    names = [reference_name(trial.user_attrs) for trial in references.get_trials(deepcopy=False)]
    table.insert(0, "name", names)
    return table


def _plain(row: dict[str, Any] | None, measure: str) -> dict[str, Any] | None:
    wanted = ("number", "value", measure, "flops", "params", "seed", "key")
    return None if row is None else {name: row[name] for name in wanted} | _latency(row)


def _latency(row: dict[str, Any]) -> dict[str, float]:
    """Return the measured latency where there is one: where it was limited."""
    return {LATENCY: float(row[LATENCY])} if LATENCY in row else {}

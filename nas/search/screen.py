"""The last screen of a search: what was found, against what, where the files are, what to run next."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nas.finalists.evidence import evidence_of, evidence_sentences
from nas.finalists.figures import sentences
from nas.finalists.screen import finalists_table
from nas.samplers.linear.model import SMOOTHED
from nas.search.held_out_half import print_second_opinion
from nas.search.results import SearchResult
from nas.search.smoothing import chosen, deciding
from nas.search.verdict import failures, precision, unconfirmed
from nas.sources import agreement
from search_spaces.errors import LONGEST_REASON, one_line
from trials.console.output import shown
from trials.experiment import Experiment
from trials.study.attributes import LATENCY

OWN_IMAGES = ("folder:", "npz:")


def print_search(console: Console, result: SearchResult, experiment: Experiment) -> None:
    """Print the best network beside the published ones under the same conditions."""
    if result.best_row is None:
        for line in (result.halted or result.problem, _files(result)):
            console.print(line, soft_wrap=True, highlight=False, markup=False)
        return
    same = "the same training and the same images" if _trains(experiment) else "the same objective"
    measure = experiment.objective.measure
    timed = LATENCY in result.best_row
    table = Table(title=Text(f"{experiment.name}: {same} for all", style="table.title"))
    for heading in ("network", "flops", "params", *["latency"] * timed, measure.replace("val_", "val "), "reward"):
        table.add_column(heading, justify="left" if heading == "network" else "right")
    _row(table, f"found (trial {result.best_row['number']})", result.best_row, measure, timed=timed)
    for _, row in result.references.iterrows():
        _row(table, str(row["name"]), row.to_dict(), measure, timed=timed)
    console.print(table)
    if result.ranking is not None and result.trainings is not None:
        console.print(finalists_table(result.ranking, result.candidates, result.trainings))
    if result.exhausted:
        console.print("The search ended early: no network within the limits was left to evaluate.")
    if experiment.objective.benchmark is not None and experiment.objective.mode != "table":
        print_second_opinion(console, result, experiment)
    for line in _advice(experiment, result):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _row(table: Table, name: str, row: dict[str, Any], measure: str, *, timed: bool) -> None:
    called = Text(one_line(name, LONGEST_REASON))
    if row["state"] != "complete":
        table.add_row(called, "-", "-", *["-"] * timed, Text(f"failed: {row['reason']}"), "-")
        return
    latency = [f"{row[LATENCY]:.1f} ms" if LATENCY in row else "-"] * timed
    cost = (f"{row['flops'] / 1e6:,.1f}M", f"{row['params'] / 1e6:,.2f}M", *latency)
    table.add_row(called, *cost, f"{row[measure]:.4f}", f"{row['value']:.4f}")


def _advice(experiment: Experiment, result: SearchResult) -> list[str]:
    lines = [_files(result)]
    if (failed := failures(result.candidates)) is not None:
        lines.append(f"note:   {failed}")
    if result.stops is not None:
        lines.append(f"note:   {result.stops}")
    if deciding(result.candidates) == SMOOTHED and result.best_row is not None:
        lines.append(f"note:   {chosen(result.candidates, result.best_row)}")
    if result.validation is not None:
        lines.append(f"note:   {precision(result.candidates, experiment.objective.measure, result.validation)}")
    lines += [f"source: {sentence}" for sentence in agreement.sentences(result.sources)]
    if result.ranking is not None:
        judge = experiment.objective.name
        said = (*sentences(result.ranking, judge), *evidence_sentences(evidence_of(result.ranking), judge))
        lines += [f"trust:  {sentence}" for sentence in said]
    elif experiment.objective.uses_torch:
        known = result.references[result.references["state"] == "complete"]
        lines.append(f"trust:  {unconfirmed(experiment.objective.name, [str(name) for name in known['name']])}")
    return [*lines, f"next:   {_next(experiment)}" if result.halted is None else result.halted]


def _next(experiment: Experiment) -> str:
    """Return the commands to go on with: networks are scaled by accuracies, which scores are not.

    Own images ask for a network to deploy; a published data set stands in for others.
    """
    train, scale = f"nas train best {experiment.name}", f"scale search {experiment.name}"
    if experiment.objective.measure == "score":
        return train
    return f"{train}, or {scale}" if experiment.data.name.startswith(OWN_IMAGES) else scale


def _files(result: SearchResult) -> str:
    names = sorted(path.name for path in result.folder.iterdir() if not path.name.startswith("."))
    return f"files:  {shown(result.folder)}/  ({', '.join(names)})"


def _trains(experiment: Experiment) -> bool:
    objective = experiment.objective
    return objective.name == "train" and objective.python is None and objective.benchmark is None

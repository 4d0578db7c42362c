"""Does a search stay quick over 8,000 evaluations, the scale of MnasNet? `nas run` on an objective that does nothing.

Run `python -m benchmarks.many_trials`. Figures are CPU time of the process, so that another process matters less,
and the wall time of the whole command, its tables and plot included.
"""

from __future__ import annotations

import importlib
import io
import itertools
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from trials.experiment import ObjectiveConfig

PARTS = 8
ended: list[float] = []


def trivial(architecture: Architecture, _seed: int) -> dict[str, float]:
    """Return an accuracy that grows with parameters and saturates, and note the time."""
    params = estimate_cost(architecture).params / 1e6
    ended.append(time.process_time())
    return {"val_accuracy": params / (params + 3)}


@click.command()
@click.option("--trials", default=8_000, show_default=True)
@click.option("--sampler", "samplers", multiple=True, default=("evolution", "policy-gradient"), show_default=True)
def main(trials: int, samplers: tuple[str, ...]) -> None:
    """Print milliseconds of CPU a trial in each eighth of a search, and the last eighth's ratio to the first."""
    parts = [f"{part + 1}/{PARTS}" for part in range(PARTS)]
    table = Table("sampler", *parts, "last / first", "whole, s", title=f"ms of CPU a trial, {trials} evaluations")
    for sampler in samplers:
        seconds = search(sampler, trials)
        size = len(ended) // PARTS
        marks = [ended[0], *(ended[(part + 1) * size - 1] for part in range(PARTS))]
        each = [1000 * (after - before) / size for before, after in itertools.pairwise(marks)]
        table.add_row(sampler, *(f"{ms:.1f}" for ms in each), f"{each[-1] / each[0]:.2f}", f"{seconds:.0f}")
    Console(width=140).print(table)


def search(sampler: str, trials: int) -> float:
    """Search with `nas run`'s own function and return its wall time in seconds."""
    from nas.config import NasConfig, NasExperiment
    from nas.search.run import run_search

    ended.clear()
    experiment = NasExperiment(
        name="many",
        objective=ObjectiveConfig(python="benchmarks.many_trials:trivial"),
        nas=NasConfig(sampler=sampler, trials=trials, references=()),
    )
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run_search(experiment, Path(folder), console=Console(file=io.StringIO()), command="benchmark")
    return time.perf_counter() - start


if __name__ == "__main__":
    importlib.import_module("benchmarks.many_trials").main()  # the module that the objective is imported from

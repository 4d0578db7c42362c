"""Driver CPU per trial of a search on PostgreSQL: `nas run` with an objective that does nothing.

Run `python -m benchmarks.postgresql_cost`. It starts a server of its own with tools/postgresql. Figures are CPU time
of the searching process alone, from its first evaluation to its last.
"""

from __future__ import annotations

import importlib
import io
import itertools
import tempfile
import time
from pathlib import Path
from statistics import median

import click
from rich.console import Console

from benchmarks.torture.processes import new_database, postgresql
from nas.config import NasConfig, NasExperiment
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from trials.experiment import ObjectiveConfig

marks: list[tuple[float, float]] = []  # CPU time and wall time at each evaluation


def trivial(architecture: Architecture, _seed: int) -> dict[str, float]:
    """Return an accuracy that grows with parameters and saturates, and note the time."""
    params = estimate_cost(architecture).params / 1e6
    marks.append((time.process_time(), time.perf_counter()))
    return {"val_accuracy": params / (params + 3)}


@click.command()
@click.option("--trials", "lengths", multiple=True, type=click.IntRange(min=2), default=(60, 200), show_default=True)
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--sampler", default="evolution", show_default=True)
@click.option("--journal", is_flag=True, help="Search in a journal file instead, for comparison.")
def main(lengths: tuple[int, ...], repeats: int, sampler: str, journal: bool) -> None:
    """Print milliseconds of driver CPU and of wall time a trial for searches of several lengths."""
    with postgresql() as folder:
        for length, repeat in itertools.product(lengths, range(repeats)):
            url = None if journal else new_database(folder, f"cost_{length}_{repeat}")
            cpu, wall = search(url, length, sampler)
            print(f"{length} trials: {cpu:.1f} ms of CPU a trial, {wall:.1f} ms in all", flush=True)
            results.setdefault(length, []).append(cpu)
    for length, figures in results.items():
        print(f"{length} trials: median {median(figures):.1f} ms of CPU a trial")


results: dict[int, list[float]] = {}


def search(url: str | None, trials: int, sampler: str) -> tuple[float, float]:
    """Search with `nas run`'s own function; return milliseconds of CPU and of wall time a trial."""
    from nas.search.run import run_search

    marks.clear()
    experiment = NasExperiment(
        name="cost",
        objective=ObjectiveConfig(python="benchmarks.postgresql_cost:trivial"),
        nas=NasConfig(sampler=sampler, trials=trials, references=(), storage=url),
    )
    with tempfile.TemporaryDirectory() as folder:
        run_search(experiment, Path(folder), console=Console(file=io.StringIO()), command="benchmark")
    cpu, wall = (1000 * (last - first) / (trials - 1) for first, last in zip(marks[0], marks[-1], strict=True))
    return cpu, wall


if __name__ == "__main__":
    importlib.import_module("benchmarks.postgresql_cost").main()  # the module that the objective is imported from

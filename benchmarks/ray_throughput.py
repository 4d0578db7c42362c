"""Is a second worker worth a second core? One-thread trainings by the engine `ray` with one worker and with two.

Every trial trains the same network, at a seed of its own; a rate begins when every worker has ended its first trial.
Run `python -m benchmarks.ray_throughput` on a machine with at least two idle cores.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.ray_ledger import Clock, repeated_ledger
from search_spaces.reference import reference
from trials.engines import as_evaluated, open_engine
from trials.experiment import Compute, Experiment
from trials.experiment_file import load_experiment
from trials.objectives import make_objective

SETTINGS = ("data.train_images=1400", "data.validation_images=37", "training.epochs=4")


@click.command()
@click.option("--trials", default=24, show_default=True, help="Trainings a measurement.")
@click.option("--workers", default=2, show_default=True)
def main(trials: int, workers: int) -> None:
    """Print trials a minute with one worker and with several, and their ratio."""
    from dataclasses import replace

    experiment = load_experiment("smoke", overrides=SETTINGS)
    table = Table("workers", "trials / min", "ratio", title="CPU-bound trials of one thread, after start-up")
    alone = 0.0
    for count in (1, workers):
        rate = _rate(replace(experiment, compute=Compute(engine="ray", concurrency=count, threads=1)), trials)
        alone = alone or rate
        table.add_row(str(count), f"{60 * rate:.1f}", f"{rate / alone:.2f}")
    Console().print(table)


def _rate(experiment: Experiment, trials: int) -> float:
    """Return trials per second."""
    evaluate = make_objective(as_evaluated(experiment))
    clock = Clock()
    workers = experiment.compute.concurrency or 1
    with tempfile.TemporaryDirectory() as folder, open_engine(experiment.compute) as run:
        run(repeated_ledger(Path(folder), trials, reference("efficientnet-b0")), evaluate, clock)
    return clock.rate(2 * workers - 1, trials - 1)


if __name__ == "__main__":
    main()

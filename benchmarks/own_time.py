"""What a trained candidate costs beside its training: CPU milliseconds of one trial with trainings that do nothing.

Everything is done as in `nas run` but the steps and the validation: the proposal, its cost, the records, the network
and its weights, the optimizer, the batches' place, a checkpoint an epoch. So that imports and first uses do not count,
some trials come before. Run `python -m benchmarks.own_time`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from unittest import mock

import click
import torch
from rich.console import Console

from nas.config import load_nas_experiment
from nas.search.run import run_search
from trials.objectives.train import Training
from trials.study.candidate import Candidate, Metrics, Report


@click.command()
@click.option("--sampler", default="evolution", show_default=True)
@click.option("--trials", default=60, show_default=True)
@click.option("--before", default=20, show_default=True, help="Trials that do not count.")
@click.option("--epochs", default="1,5", show_default=True, help="Of a training; after each a checkpoint is written.")
def main(sampler: str, trials: int, before: int, epochs: str) -> None:
    """Print the milliseconds of a trial, and those of them in the objective."""
    torch.set_num_threads(1)
    for count in map(int, epochs.split(",")):
        whole, inside = own_milliseconds(sampler, trials, before, count)
        print(
            f"{sampler}, {count} epoch(s): {whole:.1f} ms of CPU a trial, {inside:.1f} of them (median) its objective's"
        )


def own_milliseconds(sampler: str, trials: int, before: int, epochs: int) -> tuple[float, float]:
    """Return the CPU milliseconds of one trial (mean), and those of its objective (median), after the first ones."""
    spent: list[float] = []
    evaluate = Training.__call__

    def timed(self: Training, candidate: Candidate, report: Report) -> Metrics:
        began = time.process_time()
        metrics = evaluate(self, candidate, report)
        spent.append(time.process_time() - began)
        return metrics

    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch("trials.training.loop.train_epoch", lambda *_: 1.0),
        mock.patch("trials.training.loop.validate", lambda *_: (0.5, 1.0)),
        mock.patch.object(Training, "__call__", timed),
    ):
        _run(sampler, before, epochs, Path(folder))
        began = time.process_time()
        spent.clear()
        _run(sampler, before + trials, epochs, Path(folder))
        whole = time.process_time() - began
    return 1e3 * whole / trials, 1e3 * statistics.median(spent)


def _run(sampler: str, trials: int, epochs: int, out: Path) -> None:
    settings = ("nas.references=[]", f"nas.trials={trials}", f"nas.sampler={sampler}", f"training.epochs={epochs}")
    experiment = load_nas_experiment("smoke", overrides=settings)
    run_search(experiment, out, console=Console(quiet=True), command="benchmark")


if __name__ == "__main__":
    main()

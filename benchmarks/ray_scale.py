"""What the engine `ray` itself costs: trials of a trivial objective, at the start and at the end of a long search.

Prints trials a second and the memory of this process (resident, MB). Run `python -m benchmarks.ray_scale`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.ray_ledger import Clock, random_ledger
from trials.engines import open_engine
from trials.experiment import Compute
from trials.study.candidate import Candidate, Finished, Metrics, Report

PARTS = 8


@click.command()
@click.option("--trials", default=8000, show_default=True)
@click.option("--concurrency", default=2, show_default=True)
def main(trials: int, concurrency: int) -> None:
    """Print the rate and the driver's memory in every eighth of the search."""
    clock, memory = Clock(), list[float]()

    def on_finished(finished: Finished) -> None:
        clock(finished)
        if len(clock.times) % (trials // PARTS) == 0:
            memory.append(_resident_mb())

    with tempfile.TemporaryDirectory() as folder, open_engine(Compute(engine="ray", concurrency=concurrency)) as run:
        run(random_ledger(Path(folder), trials), _trivial, on_finished)
    table = Table("trials", "trials / s", "resident MB", title=f"{trials} trivial trials, {concurrency} workers")
    part = trials // PARTS
    for index in range(PARTS):
        first, last = index * part, (index + 1) * part - 1
        table.add_row(f"{first} to {last}", f"{clock.rate(first, last):.1f}", f"{memory[index]:.0f}")
    table.add_row("all", f"{clock.rate(0, len(clock.times) - 1):.1f}", "")
    Console().print(table)


def _trivial(candidate: Candidate, _report: Report) -> Metrics:
    return {"val_accuracy": candidate.seed % 1000 / 1000}


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()

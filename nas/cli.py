"""The `nas` command. Everything slow is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nas.bench_command import bench
from nas.commands import calibrate, compare, qa, train
from trials.command_line import Commands, command_text, experiment_options, with_options
from trials.engine_options import compute_settings, engine_options


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compound-nas")
def main() -> None:
    """Stage 1: search for an efficient baseline network."""


@main.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@engine_options
@click.option("--trials", type=int, help="How many candidates to evaluate in all.")
@click.option("--storage", help="An Optuna storage URL in the place of the journal file.")
@click.option("--deterministic", is_flag=True, help="The same trials whatever the number of workers: nas.batch=8.")
def run(
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    trials: int | None,
    storage: str | None,
    deterministic: bool,
    **compute: Any,
) -> None:
    """Search with EXPERIMENT (default: quickstart), or continue where an earlier run of it stopped.

    Candidates are evaluated one by one, or several at a time by Ray (docs/clusters.md); published networks under the
    same conditions beside them. Tables, the best network and a plot go to OUT/EXPERIMENT/nas.
    """
    from rich.console import Console

    from nas.run import run_search
    from nas.summary import print_search
    from nas.target_notice import target_notice
    from trials.experiment import load_experiment

    named = {"seed": seed, "nas.trials": trials, "nas.storage": storage, **compute_settings(**compute)}
    batches = ["nas.batch=8"] if deterministic else []  # before --set, which may say another number
    settings = load_experiment(experiment, file, [*batches, *with_options(overrides, **named)])
    console = Console()
    if notice := target_notice(experiment, settings, file, overrides):
        console.print(notice, style="yellow", highlight=False, soft_wrap=True, markup=False)
    result = run_search(experiment, settings, out, console=console, command=command_text())
    print_search(console, result, experiment, settings)


main.add_command(train)
main.add_command(compare)
main.add_command(calibrate)
main.add_command(qa)
main.add_command(bench)


@main.command()
@click.argument("architecture")
@click.option("--resolution", type=int, help="Count at another resolution, in pixels.")
@click.option("--num-classes", type=int, default=1000, show_default=True)
def cost(architecture: str, resolution: int | None, num_classes: int) -> None:
    """Count what ARCHITECTURE (a file, or a name such as efficientnet-b0) costs, by every counter side by side."""
    from rich.console import Console

    from nas.cost_table import print_cost
    from search_spaces import load_architecture

    print_cost(Console(), load_architecture(architecture), resolution=resolution, num_classes=num_classes)

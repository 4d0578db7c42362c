"""`nas qa`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import command_text, experiment_options, with_options


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--networks", type=click.IntRange(4, 10_000), default=24, show_default=True, help="How many in all.")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="Of six of the networks.")
@click.option(
    "--epochs-factor", type=click.IntRange(2, 1000), default=4, show_default=True, help="The longer schedule's length."
)
def qa(
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    networks: int,
    seeds: int,
    epochs_factor: int,
) -> None:
    """Tell whether EXPERIMENT's proxy (default: quickstart) can be trusted to order networks.

    Published and random networks of the space are trained as candidates are, and for longer; files go to
    OUT/EXPERIMENT/qa. The same command continues what was stopped and trains nothing twice.
    """
    from nas.config import load_nas_experiment
    from nas.qa.plan import QualityPlan
    from nas.qa.run import run_quality
    from nas.qa.screen import print_quality
    from trials.console.output import open_console

    settings = load_nas_experiment(experiment, file, with_options(overrides, seed=seed))
    plan = QualityPlan(networks=networks, seeds=seeds, epochs_factor=epochs_factor)
    console = open_console()
    print_quality(console, run_quality(settings, plan, out=out, console=console, command=command_text()))

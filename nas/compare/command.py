"""`nas compare`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import command_text, experiment_options, with_options


@click.command()
@click.argument("network")
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--reference", default="efficientnet-b0", show_default=True, help="A file, timm:MODEL or published name.")
@click.option("--seeds", type=click.IntRange(1, 10_000), default=5, show_default=True, help="Evaluations of each.")
def compare(
    network: str,
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    reference: str,
    seeds: int,
) -> None:
    """Show NETWORK beside a published one, stage by stage, and evaluate both over several seeds.

    NETWORK is a file, timm:MODEL, a published name or `best` (what `nas run EXPERIMENT` found). Both are evaluated
    as EXPERIMENT's (default: quickstart) candidates are; the difference is told with its 95 % interval.
    """
    from nas.compare.run import run_comparison
    from nas.compare.screen import print_comparison
    from nas.config import load_nas_experiment
    from nas.finished_search import named_network
    from trials.console.output import open_console

    settings = load_nas_experiment(experiment, file, with_options(overrides, seed=seed))
    found, other = (named_network(source, settings, out) for source in (network, reference))
    console = open_console()
    comparison = run_comparison(settings, found, other, seeds=seeds, out=out, console=console, command=command_text())
    print_comparison(console, comparison)

"""`scale compare`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trials.console.command_line import command_text, experiment_options, with_options
from trials.console.engine_options import compute_settings, engine_options


@click.command()
@click.argument("experiment")
@click.argument("networks", nargs=-1, required=True)
@experiment_options
@engine_options
@click.option("--baseline", help="An architecture file or a published network; default: what `nas run` found.")
@click.option("--seeds", type=click.IntRange(1, 10_000), default=3, show_default=True, help="Trainings of each.")
@click.option(
    "--law",
    type=click.Path(path_type=Path, file_okay=False),
    help="Results of `scale search --method law`: what it foretold stands beside.",
)
def compare(
    experiment: str,
    networks: tuple[str, ...],
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    baseline: str | None,
    seeds: int,
    law: Path | None,
    **compute: Any,
) -> None:
    """Train NETWORKS (files or published names) and the baseline alike, as EXPERIMENT trains, over several seeds.

    A table tells their measured cost, how deep, wide and sharp they are in baselines, their accuracy with its 95 %
    interval, which of those of one cost is best and which are tied with it, and what a law foretold of them.
    """
    from grid_search.compare.run import compare_family
    from grid_search.compare.screen import print_family_comparison
    from grid_search.config import load_scale_experiment
    from trials.console.output import open_console

    options = with_options(overrides, **{"seed": seed, "scale.baseline": baseline, **compute_settings(**compute)})
    settings = load_scale_experiment(experiment, file, options)
    console = open_console()
    result = compare_family(settings, networks, seeds=seeds, law=law, out=out, console=console, command=command_text())
    print_family_comparison(console, result)

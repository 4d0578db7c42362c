"""`nas check`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import experiment_options, with_options


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
def check(experiment: str, file: Path, overrides: tuple[str, ...], seed: int | None, out: Path) -> None:
    """Tell what `nas run EXPERIMENT` will do, without doing it: data, networks, limits, time, memory; every doubt."""
    from nas.check.search import check_search
    from nas.config import load_nas_experiment
    from trials.console.output import open_console

    check_search(load_nas_experiment(experiment, file, with_options(overrides, seed=seed)), out, open_console())

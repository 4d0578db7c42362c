"""`nas check`. Slow imports inside."""

from __future__ import annotations

import time
from pathlib import Path

import click

from trials.console.command_line import budget_option, experiment_options, with_options


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@budget_option
def check(
    experiment: str, file: Path, overrides: tuple[str, ...], seed: int | None, out: Path, budget: float | None
) -> None:
    """Tell what `nas run EXPERIMENT` will do, without doing it: data, networks, limits, time, memory; every doubt."""
    began = time.monotonic()
    from nas.budget.plan import plan_search
    from nas.check.search import check_search
    from nas.config import load_nas_experiment
    from trials.budget.written import written_settings
    from trials.console.output import open_console

    options = with_options(overrides, seed=seed, budget=budget)
    settings = load_nas_experiment(experiment, file, options)
    check_search(plan_search(settings, written_settings(experiment, file, options), out, began), out, open_console())

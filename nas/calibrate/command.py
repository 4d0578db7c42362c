"""`nas calibrate`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import experiment_options, with_options


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
def calibrate(experiment: str, file: Path, overrides: tuple[str, ...], seed: int | None, out: Path) -> None:
    """Fit the exponent w of the soft reward to EXPERIMENT's finished candidates: what does twice the cost buy?"""
    from nas.calibrate.exponents import calibrate_experiment
    from nas.calibrate.screen import print_calibration
    from nas.config import load_nas_experiment
    from trials.console.output import open_console

    settings = load_nas_experiment(experiment, file, with_options(overrides, seed=seed))
    print_calibration(open_console(), calibrate_experiment(settings, out), settings)

"""`nas qa`. Slow imports inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from search_spaces.errors import InvalidInput
from trials.console.command_line import command_text, experiment_options, with_options

if TYPE_CHECKING:
    from rich.console import Console

    from nas.config import NasExperiment
    from nas.qa.plan import QualityPlan
    from search_spaces.architecture import Architecture


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--networks", type=click.IntRange(4, 10_000), default=24, show_default=True, help="How many in all.")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="Of six of the networks.")
@click.option(
    "--epochs-factor", type=click.IntRange(2, 1000), default=4, show_default=True, help="The longer schedule's length."
)
@click.option("--truth", metavar="accel-nasbench|FILE.csv", help="Judge by networks of known accuracy instead.")
@click.option("--path", type=click.Path(path_type=Path), help="The archive of accel-nasbench.")
@click.pass_context
def qa(
    context: click.Context,
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    networks: int,
    seeds: int,
    epochs_factor: int,
    truth: str | None,
    path: Path | None,
) -> None:
    """Tell whether EXPERIMENT's proxy (default: quickstart) can be trusted to order networks.

    Published and random networks of the space are trained as candidates are, and for longer; files go to
    OUT/EXPERIMENT/qa. The same command continues what was stopped and trains nothing twice.

    With --truth the networks are those of a published benchmark, or of a table with the columns network and accuracy;
    each is evaluated once, as EXPERIMENT's objective says, and compared with its known accuracy.
    """
    from nas.config import load_nas_experiment
    from nas.qa.plan import QualityPlan
    from trials.budget.written import written_settings

    options = with_options(overrides, seed=seed)
    settings, written = load_nas_experiment(experiment, file, options), written_settings(experiment, file, options)
    if truth is not None:
        _refuse(context, "nothing beside --truth: each network is evaluated once", "seeds", "epochs_factor")
        _against_truth(settings, written, truth, path, networks, out)
        return
    _refuse(context, "nothing without --truth accel-nasbench", "path")
    _against_longer(settings, written, QualityPlan(networks=networks, seeds=seeds, epochs_factor=epochs_factor), out)


def _refuse(context: click.Context, accepted: str, *names: str) -> None:
    """Raise InvalidInput where an option was given that says nothing here."""
    for name in names:
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise InvalidInput(f"--{name.replace('_', '-')}", str(context.params[name]), accepted)


def _against_longer(settings: NasExperiment, written: Mapping[str, Any], plan: QualityPlan, out: Path) -> None:
    from nas.qa.plan import sample_networks
    from nas.qa.run import run_quality
    from nas.qa.screen import print_quality
    from trials.console.output import open_console

    def networks() -> list[Architecture]:
        return [network.architecture for network in sample_networks(settings, plan.networks)]

    console = open_console()
    planned = _of_length(settings, written, networks, out / settings.name / "qa", console)
    print_quality(console, run_quality(planned, plan, out=out, console=console, command=command_text()))


def _against_truth(
    settings: NasExperiment, written: Mapping[str, Any], truth: str, path: Path | None, networks: int, out: Path
) -> None:
    from nas.qa.truth.networks import known_networks
    from nas.qa.truth.run import run_agreement
    from nas.qa.truth.screen import print_agreement
    from trials.console.output import open_console
    from trials.resolving import as_deployed

    known, console = known_networks(truth, path, count=networks, seed=settings.seed), open_console()

    def deployed() -> list[Architecture]:
        return [as_deployed(one.architecture, settings) for one in known]

    planned = _of_length(settings, written, deployed, out / settings.name / "truth", console)
    print_agreement(console, run_agreement(planned, known, out=out, console=console, command=command_text()))


def _of_length(
    settings: NasExperiment,
    written: Mapping[str, Any],
    networks: Callable[[], Sequence[Architecture]],
    folder: Path,
    console: Console,
) -> NasExperiment:
    """Return the experiment with the length that its `training.budget` gives, and say it."""
    from nas.qa.length import plan_length
    from trials.budget.words import print_budget

    plan = plan_length(settings, written, networks, folder.absolute())
    print_budget(console, plan.lines, plan.warnings)
    return plan.experiment

"""What `nas` does with a finished search or a given network: train, compare, calibrate, qa. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.command_line import command_text, experiment_options, with_options


@click.command()
@click.argument("network")
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--epochs", type=int, help="How long; default: nas.full_training.epochs, or 10 times training.epochs.")
@click.option("--name", "folder", help="The folder of the result; default: the network's name.")
def train(
    network: str,
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    epochs: int | None,
    folder: str | None,
) -> None:
    """Train NETWORK in full, test it once, and keep its weights in OUT/EXPERIMENT/train.

    NETWORK is an architecture file, a published name, `best` (what `nas run` found) or `top-3` (its three best
    candidates). Data and proxy are the EXPERIMENT's (default: quickstart), the training is its nas.full_training. The
    same command continues a training that was stopped and trains nothing twice.
    """
    from rich.console import Console

    from nas.finished import folder_name, named_networks
    from nas.full_training import finished_results, plan_full_run, train_in_full
    from nas.training_summary import print_training
    from search_spaces.errors import InvalidInput
    from trials.experiment import load_experiment

    named = {"seed": seed, "nas.full_training.epochs": epochs}
    settings = load_experiment(experiment, file, with_options(overrides, **named))
    networks = named_networks(network, experiment, settings, out)
    if folder is not None and (len(networks) > 1 or folder_name(folder) != folder):
        raise InvalidInput("--name", folder, "letters, digits, _, - and inner dots, for one network")
    runs = [
        plan_full_run(item, experiment, settings, out / experiment / "train" / (folder or item.name))
        for item in networks
    ]
    for run in runs:
        finished_results(run)  # what cannot be trained is refused before anything else is
    console = Console()
    for run in runs:
        print_training(console, run, train_in_full(run, console=console, command=command_text()))


@click.command()
@click.argument("network")
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--reference", default="efficientnet-b0", show_default=True, help="Compared with: a file or a name.")
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

    NETWORK is an architecture file, a published name or `best` (what `nas run EXPERIMENT` found). Both are evaluated
    as EXPERIMENT's (default: quickstart) candidates are; the difference is told with its 95 % interval.
    """
    from rich.console import Console

    from nas.comparison import run_comparison
    from nas.comparison_summary import print_comparison
    from nas.finished import named_network
    from trials.experiment import load_experiment

    settings = load_experiment(experiment, file, with_options(overrides, seed=seed))
    found, other = (named_network(source, experiment, settings, out) for source in (network, reference))
    console = Console()
    comparison = run_comparison(
        experiment, settings, found, other, seeds=seeds, out=out, console=console, command=command_text()
    )
    print_comparison(console, comparison)


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
def calibrate(experiment: str, file: Path, overrides: tuple[str, ...], seed: int | None, out: Path) -> None:
    """Fit the exponent w of the soft reward to EXPERIMENT's finished candidates: what does twice the cost buy?"""
    from rich.console import Console

    from nas.calibration import calibrate_experiment
    from nas.calibration_summary import print_calibration
    from trials.experiment import load_experiment

    settings = load_experiment(experiment, file, with_options(overrides, seed=seed))
    print_calibration(Console(), calibrate_experiment(experiment, settings, out), experiment, settings)


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
    from rich.console import Console

    from nas.quality import run_quality
    from nas.quality_plan import QualityPlan
    from nas.quality_summary import print_quality
    from trials.experiment import load_experiment

    settings = load_experiment(experiment, file, with_options(overrides, seed=seed))
    plan = QualityPlan(networks=networks, seeds=seeds, epochs_factor=epochs_factor)
    console = Console()
    print_quality(console, run_quality(experiment, settings, plan, out=out, console=console, command=command_text()))

"""`nas train`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import command_text, experiment_options, with_options


@click.command()
@click.argument("network")
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--epochs", type=int, help="How long; a finished training is made longer by more epochs.")
@click.option("--proxy", is_flag=True, help="Train what the search trained in the network's place.")
@click.option("--name", "folder", help="The folder of the result; default: the network's name.")
def train(
    network: str,
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    epochs: int | None,
    proxy: bool,
    folder: str | None,
) -> None:
    """Train NETWORK in full, test it once, and keep its weights in OUT/EXPERIMENT/train.

    NETWORK is a file, timm:MODEL, a published name, `best` (what `nas run` found) or `top-3` (its three best
    candidates). It is trained as it will be deployed: the whole network at its own resolution, on the images of
    EXPERIMENT (default: quickstart), by its nas.full_training. The same command continues a training that was stopped
    and trains nothing twice.
    """
    from nas.config import load_nas_experiment
    from nas.finished_search import folder_name, named_networks
    from nas.train.full_training import finished_results, plan_full_run, train_in_full
    from nas.train.screen import print_training
    from search_spaces.errors import InvalidInput
    from trials.console.output import open_console

    named = {"seed": seed, "nas.full_training.epochs": epochs}
    settings = load_nas_experiment(experiment, file, with_options(overrides, **named))
    networks = named_networks(network, settings, out)
    if folder is not None and (len(networks) > 1 or folder_name(folder) != folder):
        raise InvalidInput("--name", folder, "letters, digits, _, - and inner dots, for one network")
    root = out / experiment / "train"
    runs = [
        plan_full_run(item, settings, root / (folder or item.name + "-proxy" * proxy), proxy=proxy) for item in networks
    ]
    for run in runs:
        finished_results(run)  # what cannot be trained is refused before anything else is
    console = open_console()
    for run in runs:
        print_training(console, run, train_in_full(run, console=console, command=command_text()))

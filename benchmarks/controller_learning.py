"""Does a learned policy beat random search? Mean reward of its last samples on Accel-NASBench, over several seeds.

The search half of the table with label noise answers; the reward is MnasNet's soft one (w = -0.07, T = 400M).
Run `python -m benchmarks.controller_learning --data anb_dataset_jsons.tar.gz`.
"""

from __future__ import annotations

import time
from pathlib import Path

import click
import numpy as np
import optuna
from rich.console import Console
from rich.table import Table
from scipy.stats import mannwhitneyu

from nas.samplers import SAMPLERS
from search_spaces.cost import estimate_cost
from trials.objectives.benchmark.modes import LABEL_NOISE, load_surrogate
from trials.objectives.benchmark.surrogate import Surrogate, label_noise
from trials.reward import Reward

CHOICES = click.Choice([name for name in SAMPLERS if name != "random"])


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--sampler", "names", multiple=True, type=CHOICES, default=["policy-gradient", "reinforce"])
@click.option("--seeds", default=10, show_default=True)
@click.option("--samples", default=2000, show_default=True)
@click.option("--last", default=100, show_default=True, help="Samples at the end whose mean reward counts.")
def main(data: Path, names: list[str], seeds: int, samples: int, last: int) -> None:
    """Print each sampler's mean reward x 100 over its last samples, and a one-sided test against random search."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    surrogate = load_surrogate(data)
    by_chance = _last_rewards("random", surrogate, seeds, samples, last)
    table = Table(
        "sampler", "mean", "sd over seeds", "lowest seed", "margin over random", "p (Mann-Whitney)", "minutes"
    )
    table.add_row("random", f"{by_chance.mean():.2f}", f"{by_chance.std(ddof=1):.2f}", f"{by_chance.min():.2f}")
    for name in names:
        start = time.perf_counter()
        found = _last_rewards(name, surrogate, seeds, samples, last)
        minutes = (time.perf_counter() - start) / 60
        p = mannwhitneyu(found, by_chance, alternative="greater").pvalue
        figures = (found.mean(), found.std(ddof=1), found.min(), found.mean() - by_chance.mean())
        table.add_row(name, *(f"{figure:.2f}" for figure in figures), f"{p:.1e}", f"{minutes:.1f}")
    Console().print(table)


def _last_rewards(name: str, surrogate: Surrogate, seeds: int, samples: int, last: int) -> np.ndarray:
    """Return the mean reward x 100 over the last samples, [seeds]. All seeds go in step: one prediction for all."""
    space, reward = surrogate.space, Reward()
    studies = [
        optuna.create_study(sampler=SAMPLERS[name](space=space, seed=seed), direction="maximize")
        for seed in range(seeds)
    ]
    for _ in range(samples):
        asked = [study.ask(dict(space.distributions)) for study in studies]
        networks = [space.decode(trial.params) for trial in asked]
        accuracies = surrogate.predict(networks)["val_accuracy"]
        for seed, (study, trial, network) in enumerate(zip(studies, asked, networks, strict=True)):
            accuracy = accuracies[seed] + label_noise(seed, network, LABEL_NOISE)
            study.tell(trial, 100 * reward(accuracy, estimate_cost(network).flops))
    return np.array([np.mean([t.value for t in study.get_trials(deepcopy=False)[-last:]]) for study in studies])


if __name__ == "__main__":
    main()

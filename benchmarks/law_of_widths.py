"""What a law's answer loses because nobody knows how accuracy depends on the widths of single stages.

A law sees one width of a network, a mean of its layers' channels. Here accuracy truly follows another mean: each of
some, in turn. Regret is how much the network that the law names is worse than the best one of its cost, in points,
by the true accuracy without noise. Run `python -m benchmarks.law_of_widths`; to compare, run it at another commit.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import yaml

from benchmarks.joined_stages import NOISE, SPACE, STAGE, regret
from grid_search.compound_scaling import Coefficients, scale
from grid_search.config import ScaleExperiment, load_scale_experiment
from grid_search.law_search.pool import Pool, network_pool
from grid_search.law_search.search import answered_coefficients, train_for_law
from search_spaces.architecture import Architecture
from search_spaces.exchange.source import load_architecture
from trials.study.plan import Planned

SMALL = {  # widths and depths of three stages
    "small": ((32, 64, 128), (2, 3, 3)),
    "narrow": ((24, 64, 128), (2, 2, 3)),
    "even": ((40, 56, 112), (3, 3, 2)),
}
PUBLISHED = ("efficientnet-b0", "mobilenet-v2")
COLUMNS = ("role", "repeat", "state", "epochs", "alpha", "beta", "gamma", "val_accuracy")


def layers(network: Architecture) -> list[int]:
    """Return the channels of the stem, the stages and the head."""
    return [network.stem.width, *stages(network), *([network.head.width] if network.head.width else [])]


def stages(network: Architecture) -> list[int]:
    """Return the channels of the stages."""
    return [stage.width for stage in network.stages]


def blocks(network: Architecture) -> list[int]:
    """Return the channels of every block."""
    return [stage.width for stage in network.stages for _ in range(stage.depth)]


TRUE_WIDTHS: dict[str, Callable[[Architecture], float]] = {
    "geometric mean of all layers": lambda network: float(np.exp(np.log(layers(network)).mean())),
    "geometric mean of the stages": lambda network: float(np.exp(np.log(stages(network)).mean())),
    "geometric mean of all blocks": lambda network: float(np.exp(np.log(blocks(network)).mean())),
    "mean of the stages": lambda network: float(np.mean(stages(network))),
    "root mean square of the stages": lambda network: float(np.sqrt(np.square(stages(network)).mean())),
}


@click.command()
@click.option("--seeds", default=2, show_default=True)
@click.option("--trainings", default=12, show_default=True)
def main(seeds: int, trainings: int) -> None:
    """Print the mean regret in points for each true mean, and that of each baseline."""
    with tempfile.TemporaryDirectory() as directory:
        baselines = [*_small_networks(Path(directory)), *PUBLISHED]
        for name, width in TRUE_WIDTHS.items():
            found = np.array(
                [
                    [_regret(_settings(one, Path(directory)), width, trainings, seed) for seed in range(seeds)]
                    for one in baselines
                ]
            )
            each = ", ".join(f"{value:.2f}" for value in found.mean(axis=1))
            print(f"{name:31s} regret {found.mean():.3f} ({each})", flush=True)


def _small_networks(folder: Path) -> list[str]:
    files = []
    for name, (widths, depths) in SMALL.items():
        rows = [STAGE | {"width": width, "depth": depth} for width, depth in zip(widths, depths, strict=True)]
        file = folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(SPACE["skeleton"] | {"name": name, "stages": rows}))
        files.append(str(file))
    return files


def _settings(baseline: str, folder: Path) -> ScaleExperiment:
    file = folder / "experiments.yaml"
    rounding = {"depth": "nearest"}
    entry = {
        "objective": {"python": "benchmarks.joined_stages:noisy"},
        "scale": {"method": "law", "grid": {"rounding": rounding}},
    }
    file.write_text(yaml.safe_dump({"try": entry}))
    return load_scale_experiment("try", file, [f"scale.baseline={baseline}", "scale.law.sharp=0"])


def _regret(settings: ScaleExperiment, width: Callable[[Architecture], float], trainings: int, seed: int) -> float:
    baseline = load_architecture(str(settings.scale.baseline))
    pool = network_pool(baseline, settings.scale.grid, settings.scale.law)
    accuracy = _accuracy(baseline, width)
    answer = _answer(pool, replace(settings.scale.law, trainings=trainings), accuracy, seed)
    return regret(pool, answer, accuracy)


def _accuracy(baseline: Architecture, width: Callable[[Architecture], float]) -> Callable[[Architecture], float]:
    """Return an accuracy that saturates in depth, width and resolution, relative to the baseline."""

    def accuracy(network: Architecture) -> float:
        depth = len(blocks(network)) / len(blocks(baseline))
        resolution = min(network.input_size) / min(baseline.input_size)
        relative = width(network) / width(baseline)
        return 0.95 - 0.06 * depth**-0.6 - 0.10 * relative**-0.7 - 0.10 * resolution**-0.9

    return accuracy


def _answer(pool: Pool, law: Any, accuracy: Callable[[Architecture], float], seed: int) -> Coefficients:
    """Return what a law answers after trainings with noise."""
    noise, trained = random.Random(seed), dict[tuple[Any, ...], tuple[Any, ...]]()

    def train(plan: list[Planned], _: str) -> None:
        for one in plan:
            coefficients = Coefficients(**one.parameters)
            row = (one.labels["role"], 0, "complete", math.nan, *asdict(coefficients).values())
            if row[4:] not in trained:
                value = accuracy(scale(pool.baseline, coefficients, 1.0, pool.config.rounding))
                trained[row[4:]] = (*row, value + noise.gauss(0, NOISE))

    found = train_for_law(pool, law, seed, train, lambda: pd.DataFrame(trained.values(), columns=list(COLUMNS)))
    assert found is not None
    return answered_coefficients(pool, found)


if __name__ == "__main__":
    main()

"""What finished trials of `nas run` are worth to a law of `scale search`: regret with and without them.

Stage 1 searches a space of widths, kernels and resolutions under a known law with noise; stage 2 then scales what it
found, once with the trials of stage 1 beside it and once without. Regret is how much the network at twice the cost that
the law names is worse than the best one of that cost, in points, by the law without noise. Run
`python -m benchmarks.joined_stages`.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml
from rich.console import Console

from grid_search.compound_scaling import Coefficients, Multipliers, scale
from grid_search.config import load_scale_experiment
from grid_search.law_search.pool import Pool, networks_between
from grid_search.law_search.search import ANSWER_VALUES, SEARCHED
from grid_search.search.run import run_scale_search
from nas.config import load_nas_experiment
from nas.search.run import run_search
from search_spaces.architecture import Architecture

NOISE = 0.003  # of one training
STAGE = {"op": "mbconv", "kernel_size": 3, "stride": 2, "expansion_ratio": 4}
SPACE: dict[str, Any] = {
    "name": "sizes",
    "skeleton": {
        "name": "small",
        "resolution": 128,
        "stem": {"kernel_size": 3, "stride": 2, "width": 16},
        "stages": [STAGE | {"width": width, "depth": depth} for width, depth in ((32, 2), (64, 3), (128, 3))],
        "head": {"width": None},
        "activation": "relu",
    },
    "resolution": {"one_of": [96, 112, 128, 144, 160]},
    "every_stage": {"width": {"multiply": [0.75, 1, 1.25]}, "kernel_size": {"one_of": [3, 5]}},
}
ENTRY: dict[str, Any] = {
    "objective": {"python": "benchmarks.joined_stages:noisy"},
    "limits": {"max_flops": "60M"},
    "nas": {"sampler": "evolution", "trials": 100, "finalists": 0},
    "scale": {"method": "law", "repeats": 1, "phis": [0], "grid": {"rounding": {"depth": "nearest"}}},
}
QUIET = Console(quiet=True)


def noisy(architecture: Architecture, seed: int) -> dict[str, float]:
    """Return the accuracy of a training: the law's, with noise of its seed."""
    return {"val_accuracy": law(architecture) + random.Random(seed).gauss(0, NOISE)}


def law(architecture: Architecture) -> float:
    """Return an accuracy that saturates in depth, width and resolution, and likes the larger kernels a little."""
    stages = architecture.stages
    depth = sum(stage.depth for stage in stages) / 8
    width = math.exp(np.mean([math.log(stage.width) for stage in stages])) / 64
    kernels = 0.004 * sum(stage.kernel_size == 5 for stage in stages)
    lack = 0.06 * depth**-0.6 + 0.10 * width**-0.7 + 0.10 * (min(architecture.input_size) / 128) ** -0.9
    return 0.95 - lack + kernels


@click.command()
@click.option("--seeds", default=10, show_default=True)
@click.option("--trainings", default="6,8,12", show_default=True, help="Of a law, its evidence not counted.")
def main(seeds: int, trainings: str) -> None:
    """Print the mean regret in points, with its standard error, and how many trials of stage 1 counted."""
    for count in map(int, trainings.split(",")):
        both = [[regret_after(seed, count, joined=joined) for joined in (False, True)] for seed in range(seeds)]
        found = np.array(both)[:, :, 0]
        gain = found[:, 0] - found[:, 1]
        error = gain.std(ddof=1) / math.sqrt(seeds)
        print(
            f"{count:2d} trainings: regret alone {found[:, 0].mean():.3f}, joined {found[:, 1].mean():.3f}; "
            f"difference {gain.mean():.3f} +- {error:.3f}; trials of stage 1 that counted "
            f"{np.median(np.array(both)[:, 1, 1]):g} (median)",
            flush=True,
        )


def regret_after(seed: int, trainings: int, *, joined: bool) -> tuple[float, int]:
    """Return the regret in points of a law of so many trainings, and how many trials of stage 1 it counted."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "space.yaml").write_text(yaml.safe_dump(SPACE))
        file = folder / "experiments.yaml"
        file.write_text(yaml.safe_dump({"try": ENTRY | {"space": str(folder / "space.yaml"), "seed": seed}}))
        run_search(load_nas_experiment("try", file, ()), folder / "searched", console=QUIET, command="benchmark")
        best = folder / "searched" / "try" / "nas" / "best.yaml"
        overrides = [f"scale.law.trainings={trainings}", "scale.law.sharp=0", f"scale.baseline={best}"]
        out = folder / ("searched" if joined else "alone")
        settings = load_scale_experiment("try", file, overrides)
        result = run_scale_search(settings, out, console=QUIET, command="benchmark")
    assert isinstance(result.ground, Pool) and result.coefficients is not None
    return regret(result.ground, result.coefficients, law), int((result.trials["role"] == SEARCHED).sum())


def regret(pool: Pool, answer: Coefficients, accuracy: Callable[[Architecture], float]) -> float:
    """Return by how many points the answer is worse than the best network within the tolerance of its cost."""
    config = pool.config
    band = (config.target - config.tolerance, config.target + config.tolerance)
    rivals = networks_between(pool.baseline, config, pool.task, band, ANSWER_VALUES)
    values = [accuracy(Multipliers(*row).apply(pool.baseline, config.rounding)) for row in rivals.multipliers.tolist()]
    return 100 * (max(values) - accuracy(scale(pool.baseline, answer, 1.0, config.rounding)))


if __name__ == "__main__":
    main()

"""Score random networks of the tuning spaces untrained, for the zero-cost tasks of `benchmarks.tuning_tasks`.

    python -m benchmarks.zero_cost_scores --networks 300 --out benchmarks/zero_cost_scores.csv

One batch of 8 random images of 32 x 32 pixels; Zen with one draw. Some 0.6 s of CPU a network.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.tuning_tasks import SCORED_SPACES, tuning_space
from search_spaces.architecture import Architecture
from search_spaces.files import atomic_write
from search_spaces.network import build_network
from trials.objectives.zero_cost_scores import grad_norm, naswot, synflow, zen

SCORES = ("synflow", "naswot", "grad_norm", "zen")
BATCH, PIXELS, CLASSES = 8, 32, 10


def scores(network: Architecture, seed: int) -> list[float]:
    """Return the four scores of a network with weights drawn from `seed`."""
    images = torch.randn(BATCH, 3, PIXELS, PIXELS, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(0, CLASSES, (BATCH,), generator=torch.Generator().manual_seed(1))
    torch.manual_seed(seed)
    built = build_network(network, 3, CLASSES)
    body = torch.nn.Sequential(built.stem, built.pool, built.blocks, built.head)
    return [
        synflow(built, images.shape[1:]),
        naswot(built, images),
        grad_norm(built, images, labels),
        zen(body, images.shape, seed, 1),
    ]


def rows(networks: int) -> Iterator[list[str]]:
    """Yield one row per network: space, point, scores."""
    for name in SCORED_SPACES:
        features, rng = tuning_space(name), random.Random(7)
        for seed in range(networks):
            point = features.sample(rng)
            found = scores(features.space.decode(features.parameters(point)), seed)
            yield [name, "-".join(map(str, point)), *(f"{value:.6g}" for value in found)]


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=300, help="of each space")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with atomic_write(arguments.out) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["space", "point", *SCORES])
        writer.writerows(rows(arguments.networks))


if __name__ == "__main__":
    main()

"""Whether the predictor's posterior means what it says: coverage of its 90 % intervals on rows held out.

    python -m benchmarks.predictor_calibration --tasks 8 --seeds 2
    python -m benchmarks.predictor_calibration --data anb_dataset_jsons.tar.gz --seeds 10

The model of the sampler is fitted to so many random networks and asked about 300 others; an interval is mean +- 1.645
standard deviations, noise included, of the warped values that it models. 90 % of the values seen should lie inside.
With `--data` the networks are rows of Accel-NASBench and the values are `nas bench`'s reward of their accuracy, else
the made-up tuning tasks with their noise.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.tuning_tasks import tuning_task
from nas.bench.replay import REWARD
from nas.samplers.predictor.features import Featurizer, Point
from nas.samplers.predictor.fitting import fit
from nas.samplers.predictor.gaussian_process import condition
from nas.samplers.predictor.warping import warp
from nas.search.table_search import choice_table
from search_spaces.cost import estimate_cost
from trials.objectives.benchmark.table import load_table

Array = NDArray[np.float64]
SIZES = (8, 15, 30, 60, 120)
HELD = 300
NORMAL_90 = 1.6449
Rows = tuple[Featurizer, NDArray[np.intp], Array]  # networks [rows, choices], and what is seen of them [rows]


def made_up(number: int, seed: int) -> Rows:
    """Return random networks of a tuning task and what is seen of them."""
    task, rng = tuning_task(number), np.random.default_rng([40, number, seed])
    sizes = np.array(task.features.sizes)
    points = np.floor(rng.random((HELD + max(SIZES), len(sizes))) * sizes).astype(np.intp)
    truth = task.truth([_point(point) for point in points])
    return task.features, points, truth + task.noise * rng.normal(size=len(truth))


def published(path: str) -> Callable[[int], Rows]:
    """Return a function of the seed that draws rows of Accel-NASBench."""
    table = load_table(path)
    points = choice_table(table.space, table.architectures).astype(np.intp)
    accuracies = zip(table.figures["val_accuracy"], table.architectures, strict=True)
    values = np.array([REWARD(float(accuracy), estimate_cost(network).flops) for accuracy, network in accuracies])
    features = Featurizer(table.space)

    def drawn(seed: int) -> Rows:
        chosen = np.random.default_rng([41, seed]).permutation(len(points))[: HELD + max(SIZES)]
        return features, points[chosen], values[chosen]

    return drawn


def coverage(rows: Rows, size: int) -> float:
    """Return the share of the held values inside of the 90 % intervals of a model of the first `size` of the others."""
    features, points, values = rows
    columns, held = features(points[HELD:][:size]), features(points[:HELD])
    known = values[HELD:][:size]
    scales, room = fit(columns, known, features.groups)
    model = condition(columns, warp(known, room), features.groups, scales)
    mean, sd = model.mean_and_sd(held)
    seen = _warped(known, values[:HELD], room)
    return float((np.abs(seen - mean) <= NORMAL_90 * np.sqrt(sd**2 + scales.noise * model.unit**2)).mean())


def _warped(known: Array, values: Array, room: float) -> Array:
    """Return values as the warp of `known` sees them; what is above its ceiling has no place there: infinity."""
    if np.isinf(room):
        return values
    top, unit = known.max(), _unit(known, room)
    left = (top - values) / unit + room
    return np.where(left > 0, -np.log(np.maximum(left, 1e-12)), np.inf)


def _unit(known: Array, room: float) -> float:
    lowest = float(known.min())
    return float((known.max() - lowest) / (np.exp(-warp(known, room).min()) - room))


def _point(point: NDArray[np.intp]) -> Point:
    return tuple(point.tolist())


def all_rows(arguments: argparse.Namespace) -> Iterator[Rows]:
    """Yield networks and values of every task and seed."""
    if arguments.data:
        drawn = published(arguments.data)
        yield from (drawn(seed) for seed in range(arguments.seeds))
        return
    yield from (made_up(number, seed) for number in range(arguments.tasks) for seed in range(arguments.seeds))


def main() -> None:
    """Read the command line and print coverage by the number of networks known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="Accel-NASBench: tar.gz or folder")
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=2)
    found = [[coverage(rows, size) for size in SIZES] for rows in all_rows(parser.parse_args())]
    print_coverage(np.array(found))


def print_coverage(found: Array, sizes: Sequence[int] = SIZES) -> None:
    """Print the mean coverage [runs, sizes] and its standard error over runs."""
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    told = (f"{size}: {m:.3f} ({e:.3f})" for size, m, e in zip(sizes, found.mean(axis=0), error, strict=True))
    print(f"{len(found)} runs; coverage of 90 % intervals (standard error) by networks known: {', '.join(told)}")


if __name__ == "__main__":
    main()

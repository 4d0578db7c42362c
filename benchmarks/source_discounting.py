"""What sources do to a search that knows nothing of their quality: right ones, reversed ones, pure noise.

    python -m benchmarks.source_discounting --tasks 5 --seeds 4 --evaluations 60 --out CSV

The tasks are those of `benchmarks.tuning_tasks`, five of them as the first of each space and one more. A right source
is the standardized truth plus 0.75 of the standardized truth of another task over the same space (correlation about
0.8), known for 64 random networks and answering for any other; the reversed one is its negative; noise is drawn for
every network. Regret is (ceiling - truth) / (ceiling - reference) of the best observed network.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import optuna
from numpy.typing import NDArray

from benchmarks.tune_predictor import run
from benchmarks.tuning_tasks import SPACES, Task, tuning_task
from nas.samplers.predictor.features import Points, Positions
from nas.samplers.predictor.sampler import PredictorSampler
from nas.samplers.predictor.sources import Source

Array = NDArray[np.float64]
ROWS = 64
OTHER_SHARE = 0.75
CHECKPOINTS = (10, 20, 30)


@dataclass(frozen=True)
class MadeSource:
    """A source that answers with a function of the points."""

    name: str
    task: Task
    values_of: Callable[[Points], Array]
    answers: bool = True

    @cached_property
    def _points(self) -> Positions:
        draw = random.Random(0)
        return np.array([self.task.features.sample(draw) for _ in range(ROWS)], dtype=np.intp)

    def rows(self) -> tuple[Positions, Array]:
        """Return 64 random networks [rows, choices] and their values [rows]."""
        return self._points, self.values_of(self._points)

    def at(self, points: Points) -> Array:
        """Return the values of any networks, [points]."""
        return self.values_of(points)


def made_sources(number: int) -> dict[str, tuple[Source, ...]]:
    """Return the sources of every condition, for tuning task `number`."""
    task, other = tuning_task(number), tuning_task(number + 20 * len(SPACES))
    draw = random.Random(1)
    sample = [task.features.sample(draw) for _ in range(2000)]

    def standardized(truth: Callable[[Points], Array]) -> Callable[[Points], Array]:
        known = truth(sample)
        middle, spread = np.median(known), np.subtract(*np.quantile(known, [0.75, 0.25]))
        return lambda points: np.asarray((truth([tuple(point) for point in points]) - middle) / spread)

    own, others = standardized(task.truth), standardized(other.truth)  # type: ignore[arg-type]

    def right(points: Points) -> Array:
        return own(points) + OTHER_SHARE * others(points)

    def noise(points: Points) -> Array:
        return np.array([random.Random(repr([int(option) for option in point])).gauss(0, 1) for point in points])

    helpful = MadeSource("right", task, right)
    wrong = MadeSource("reversed", task, lambda points: -right(points))
    empty = MadeSource("noise", task, noise)
    return {
        "none": (),
        "right": (helpful,),
        "reversed": (wrong,),
        "noise": (empty,),
        "reversed and noise": (wrong, empty),
        "all three": (helpful, wrong, empty),
    }


def main() -> None:
    """Read the command line, run every condition with the same seeds and print regret and its difference to none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--evaluations", type=int, default=60)
    parser.add_argument("--out", type=Path, help="a CSV file with the regret of every run")
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    regrets: dict[str, list[Array]] = {}
    rows = []
    for number in range(arguments.tasks):
        task = tuning_task(number)
        for condition, sources in made_sources(number).items():
            for seed in range(arguments.seeds):
                sampler = PredictorSampler(space=task.features.space, seed=seed, sources=sources)
                curve = run(task, sampler, seed, arguments.evaluations)
                regret = (task.ceiling - curve) / (task.ceiling - task.reference)
                regrets.setdefault(condition, []).append(regret)
                rows += [(condition, number, seed, at + 1, f"{value:.4f}") for at, value in enumerate(regret)]
    print_regrets({condition: np.array(found) for condition, found in regrets.items()})
    if arguments.out:
        with arguments.out.open("w", newline="") as stream:
            csv.writer(stream).writerows([("sources", "task", "seed", "evaluation", "regret"), *rows])


def print_regrets(regrets: dict[str, Array]) -> None:
    """Print mean regret [runs, evaluations] by condition, and its paired difference to none with a 95 % interval."""
    last = next(iter(regrets.values())).shape[1]
    for condition, found in regrets.items():
        told = []
        for count in sorted({count for count in CHECKPOINTS if count < last} | {last}):
            apart = found[:, count - 1] - regrets["none"][:, count - 1]
            margin = 1.96 * apart.std(ddof=1) / np.sqrt(len(apart))
            told.append(f"{count}: {found[:, count - 1].mean():.2f} ({apart.mean():+.2f} +- {margin:.2f})")
        print(f"{condition:20s} {len(found)} runs; mean regret at {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()

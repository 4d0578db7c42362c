"""The searches that the predictor's defaults are chosen on; none of them is a published table.

A made-up task is a space, a response made at random of main effects, interactions and a rough remainder, saturating, a
reward with its own exponent or target, and label noise; all is drawn from the task's number. A zero-cost task has a
score of untrained networks in accuracy's place: gradient boosting fitted on the scores of 300 networks, which
`benchmarks.zero_cost_scores` wrote.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import Featurizer, Point
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space, parse_space

Array = NDArray[np.float64]
Truth = Callable[[Sequence[Point]], Array]
SCORES_FILE = Path(__file__).with_name("zero_cost_scores.csv")
REFERENCE_SHARE = 0.0013  # of random networks reach the reference, as about reach EfficientNet-B0 on ImageNet
SPACES: dict[str, dict[str, Any]] = {
    "mnasnet": {},
    "kernels": {
        "skeleton": "mnasnet-a1",
        "every_stage": {
            "kernel_size": {"one_of": [3, 5, 7]},
            "expansion_ratio": {"one_of": [3, 6]},
            "depth": {"add": [-1, 0, 1, 2]},
            "se_ratio": {"one_of": [0, 0.25]},
        },
    },
    "compound": {
        "skeleton": "efficientnet-b0",
        "resolution": {"one_of": [160, 192, 224, 256]},
        "every_stage": {
            "width": {"multiply": [0.75, 1, 1.25]},
            "depth": {"add": [0, 1, 2]},
            "expansion_ratio": {"one_of": [2, 4, 6]},
        },
    },
    "mobilenet": {
        "skeleton": "mobilenet-v2",
        "every_stage": {
            "kernel_size": {"one_of": [3, 5, 7]},
            "expansion_ratio": {"one_of": [1, 3, 6]},
            "depth": {"one_of": [1, 2, 3, 4]},
        },
    },
}
REWARDS: tuple[tuple[str, float], ...] = (("soft", -0.07), ("soft", -0.12), ("soft", -0.04), ("absolute", -0.1))
SCORED_SPACES = ("kernels", "mobilenet")
ZERO_COST: tuple[tuple[str, str, str, float], ...] = (  # space, score, reward, exponent or penalty
    ("kernels", "synflow", "soft", -0.07),
    ("kernels", "naswot", "soft", -0.07),
    ("kernels", "grad_norm", "soft", 0.0),
    ("kernels", "zen", "absolute", -0.1),
    ("mobilenet", "synflow", "absolute", -0.1),
    ("mobilenet", "naswot", "soft", -0.1),
    ("mobilenet", "zen", "soft", -0.07),
)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A search to be run: `truth` is what a point is worth without noise, `noise` the sd of what is seen."""

    name: str
    features: Featurizer
    truth: Truth
    noise: float
    reference: float
    ceiling: float


@lru_cache
def tuning_space(name: str) -> Featurizer:
    """Return the space of this name with its features."""
    space = load_space(name) if name == "mnasnet" else parse_space({"name": name, **SPACES[name]})
    return Featurizer(space)


@lru_cache
def tuning_task(number: int) -> Task:
    """Make task `number`: spaces and rewards take turns, everything else is drawn."""
    names = list(SPACES)
    name = names[number % len(names)]
    features = tuning_space(name)
    rng = np.random.default_rng([20, number])
    accuracy = _response(features, rng)
    kind, w = REWARDS[(number // len(names) + number) % len(REWARDS)]
    noise = rng.uniform(0.08, 0.2)
    return _task(f"{number}: {name}, {kind} {w}", features, accuracy, kind, w, noise=noise, seed=number)


@lru_cache
def zero_cost_task(number: int) -> Task:
    """Return the search for the `number`-th of ZERO_COST."""
    name, score, kind, w = ZERO_COST[number]
    features = tuning_space(name)
    accuracy = _scored(name, score)
    return _task(f"{name}, {score}, {kind} {w}", features, accuracy, kind, w, noise=0.12, seed=5)


def _task(name: str, features: Featurizer, accuracy: Truth, kind: str, w: float, *, noise: float, seed: int) -> Task:
    """Return the search for a reward; `noise` in units of the sd of the reward over the space."""
    draw = random.Random(seed)
    sample = [features.sample(draw) for _ in range(20_000)]
    target = float(np.quantile(features.costs(sample)[:, 0], 0.4))

    def truth(points: Sequence[Point]) -> Array:
        ratio = features.costs(points)[:, 0] / target
        gain = accuracy(points)
        return np.asarray(gain * ratio**w if kind == "soft" else gain + w * np.abs(ratio - 1))

    values = truth(sample)
    best = sorted(zip(values.tolist(), sample, strict=True), reverse=True)[:6]
    return Task(
        name=name,
        features=features,
        truth=truth,
        noise=float(noise * values.std()),
        reference=float(np.quantile(values, 1 - REFERENCE_SHARE)),
        ceiling=max(_climb(features, truth, point) for _, point in best),
    )


def _scored(space: str, score: str) -> Truth:
    """Return 0.72 + 0.03 * the standardized score (of the gradient norm: its logarithm) as a function of points."""
    from sklearn.ensemble import GradientBoostingRegressor

    with SCORES_FILE.open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["space"] == space]
    grid = np.array([[int(option) for option in row["point"].split("-")] for row in rows])
    values = np.array([float(row[score]) for row in rows])
    values = np.log(values) if score == "grad_norm" else values
    model = GradientBoostingRegressor(
        n_estimators=400, learning_rate=0.05, max_depth=3, subsample=0.6, max_features=0.5, random_state=0
    ).fit(grid, (values - values.mean()) / values.std())
    return lambda points: np.asarray(0.72 + 0.03 * model.predict(np.array(points)))


def _climb(features: Featurizer, truth: Truth, point: Point) -> float:
    """Return the value at the end of a noise-free local search."""
    value = float(truth([point])[0])
    while True:
        steps = neighbours(features, point)
        values = truth(steps)
        if values.max() <= value:
            return value
        point, value = steps[int(values.argmax())], float(values.max())


def neighbours(features: Featurizer, point: Point) -> list[Point]:
    """Return the points one option away."""
    return [
        (*point[:i], option, *point[i + 1 :])
        for i, size in enumerate(features.sizes)
        for option in range(size)
        if option != point[i]
    ]


def _response(features: Featurizer, rng: np.random.Generator) -> Truth:
    """Draw accuracy as a function of the point: top - spread * exp(-steepness * u), u of unit variance."""
    space, count = features.space, len(features.sizes)
    leans = {choice.name.rpartition(".")[2]: rng.normal(0.6, 0.6) for choice in space.choices}
    tables = [_main_effect(space, index, leans, rng) for index in range(count)]
    pairs = [tuple(rng.choice(count, 2, replace=False)) for _ in range(2 * count)]
    tensors = [rng.normal(size=(features.sizes[a], features.sizes[b])) for a, b in pairs]
    frequencies = [rng.normal(0, 1.2 / np.sqrt(count / 4), size=(size, 64)) for size in features.sizes]
    phases, amplitudes = rng.uniform(0, 2 * np.pi, 64), rng.normal(size=64)
    capacity = rng.uniform(0.0, 1.5, size=2)
    shares = (1.0, rng.uniform(0.2, 0.6), rng.uniform(0.1, 0.35))
    top, spread, steepness = rng.uniform(0.6, 0.8), rng.uniform(0.02, 0.05), rng.uniform(0.3, 1.0)

    def parts(points: Sequence[Point]) -> list[Array]:
        grid = np.array(points)
        main = sum(table[grid[:, i]] for i, table in enumerate(tables))
        cost = np.log(features.costs(points)[:, 0]), np.log(features.costs(points)[:, 1])
        main = main + capacity[0] * cost[0] + capacity[1] * cost[1]
        pairwise = sum(tensor[grid[:, a], grid[:, b]] for (a, b), tensor in zip(pairs, tensors, strict=True))
        angle = sum(frequency[grid[:, i]] for i, frequency in enumerate(frequencies)) + phases
        return [np.asarray(main), np.asarray(pairwise), np.cos(angle) @ amplitudes]

    draw = random.Random(int(rng.integers(2**32)))
    known = parts([features.sample(draw) for _ in range(2000)])
    centres, units = [part.mean() for part in known], [part.std() or 1.0 for part in known]
    whole = np.sqrt(sum(share**2 for share in shares))

    def accuracy(points: Sequence[Point]) -> Array:
        scaled = zip(shares, parts(points), centres, units, strict=True)
        utility = sum(share * (part - centre) / unit for share, part, centre, unit in scaled) / whole
        return np.asarray(np.maximum(top - spread * np.exp(-steepness * utility), 0.05))

    return accuracy


def _main_effect(space: SearchSpace, index: int, leans: dict[str, float], rng: np.random.Generator) -> Array:
    """Draw one effect per option: a concave trend that a field's choices share, and something of their own."""
    choice = space.choices[index]
    size = len(choice.options)
    lean = leans[choice.name.rpartition(".")[2]]
    trend = np.log1p(np.arange(size)) / np.log1p(max(size - 1, 1))
    strength = rng.gamma(1.5, 1 / 1.5)
    return np.asarray(strength * (lean * trend + rng.normal(0, 0.25, size)))

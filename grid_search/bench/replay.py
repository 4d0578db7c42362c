"""Methods replayed on a problem: what each answers after how many trainings, and what these cost. No torch.

The law trains networks of the problem; the grid and random search train shapes of the target's cost, judged by the
truth, because a table hardly has any of exactly that cost: rows stray from the truth, so that this favours them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid_search.bench.problem import Problem, known_directions
from grid_search.compound_scaling import COEFFICIENTS, PAPER_COEFFICIENTS
from grid_search.law.answer import answer
from grid_search.law.costs import directions
from grid_search.law.design import fewest_shapes, first_shapes, next_shapes
from grid_search.law.posterior import fit_law
from grid_search.law.spreading import farthest_points

Array = NDArray[np.float64]
SPREAD, ACTIVE, LEADERS, REPEATS = 12, 6, 3, 3  # of the grid
GRID_STEPS = {1: 1, 2: 20, 3: 12}
EQUAL = 1e-9  # logarithms: the true best and the ends of an interval lie on one lattice


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """An answer after `trainings`, which took `spent` trainings of the baseline.

    `holds` tells for each axis whether its interval holds the truly best, None for a method without intervals;
    `inside` whether that lies inside of the axis, and not where it alone or none of it is scaled; `expected` is the
    regret that a law itself expects.
    """

    method: str
    trainings: int
    spent: float
    regret: float
    holds: tuple[bool, ...] | None = None
    inside: tuple[bool, ...] | None = None
    expected: float | None = None


def replay_law(problem: Problem, noise: float, seed: int, trainings: int) -> Iterator[Step]:
    """Yield the law's answers from its first spread on, one training after another."""
    random = np.random.default_rng([seed, 1])
    chosen = first_shapes(problem.shapes, problem.cost_model, min(fewest_shapes(len(problem.axes)), trainings))
    seen = [float(problem.accuracies[place] + noise * random.standard_normal()) for place in chosen]
    best = problem.best
    while True:
        law = fit_law(problem.shapes[chosen], np.array(seen), seed=seed)
        found = answer(law, problem.cost_model, problem.target)
        holds = (found.low - EQUAL <= best) & (best <= found.high + EQUAL)
        yield Step(
            method="law",
            trainings=len(chosen),
            spent=float(problem.costs[chosen].sum()),
            regret=problem.regret(found.shape),
            holds=tuple(holds.tolist()),
            inside=problem.inside,
            expected=found.regret,
        )
        if len(chosen) >= min(trainings, len(problem.shapes)):
            return
        free = np.setdiff1d(np.arange(len(problem.shapes)), chosen)
        pool, seconds = problem.shapes[free], problem.costs[free]
        place = int(free[next_shapes(law, pool, seconds, problem.cost_model, (problem.target,))[0]])
        chosen.append(place)
        seen.append(float(problem.accuracies[place] + noise * random.standard_normal()))


def replay_grid(problem: Problem, noise: float, seed: int, trainings: int) -> Iterator[Step]:
    """Yield the grid's answers: a spread, then where most improvement is expected, then the leaders' other seeds."""
    random = np.random.default_rng([seed, 2])
    shapes = _grid_shapes(problem)
    truth = problem.truth(shapes)
    seen: dict[int, list[float]] = {}

    def train(place: int) -> Step:
        seen.setdefault(place, []).append(float(truth[place] + noise * random.standard_normal()))
        return _incumbent("grid", problem, shapes, seen)

    places = shapes * problem.cost_model.linear
    middle = int(np.argmin(np.linalg.norm(places - places.mean(axis=0), axis=1)))
    for place in farthest_points(places, middle, min(SPREAD, trainings)):
        yield train(place)
    active = min(ACTIVE, trainings - SPREAD, len(shapes) - len(seen))
    for _ in range(max(0, active)):
        yield train(_most_improvement(shapes, seen, seed))
    leaders = sorted(seen, key=lambda place: -seen[place][0])[:LEADERS]
    for _ in range(1, REPEATS):
        for place in leaders:
            if sum(map(len, seen.values())) < trainings:
                yield train(place)


def replay_random(problem: Problem, noise: float, seed: int, trainings: int) -> Iterator[Step]:
    """Yield the best so far of random shapes of the target's cost."""
    random = np.random.default_rng([seed, 3])
    shares = random.dirichlet(np.ones(len(problem.axes)), trainings)
    shapes = problem.at_target(shares / problem.cost_model.linear)
    seen: dict[int, list[float]] = {}
    for place, true in enumerate(problem.truth(shapes).tolist()):
        seen[place] = [true + noise * random.standard_normal()]
        yield _incumbent("random", problem, shapes, seen)


def untrained(problem: Problem) -> Iterator[Step]:
    """Yield what needs no training: the paper's coefficients and each axis alone, at the target's cost."""
    paper = [getattr(PAPER_COEFFICIENTS, name) for name in COEFFICIENTS]
    for name, direction in known_directions(problem.axes, paper).items():
        yield Step(method=name, trainings=0, spent=0.0, regret=problem.regret(direction))


METHODS: dict[str, Callable[[Problem, float, int, int], Iterator[Step]]] = {
    "law": replay_law,
    "grid": replay_grid,
    "random": replay_random,
}


def _grid_shapes(problem: Problem) -> Array:
    """Return a lattice of the shapes of the target's cost that scale at least two axes, as the grid's candidates."""
    axes = len(problem.axes)
    shares = directions(axes, GRID_STEPS[axes])
    several = shares[(shares > 0).sum(axis=1) >= min(2, axes)]
    return problem.at_target(several / problem.cost_model.linear)


def _incumbent(method: str, problem: Problem, shapes: Array, seen: dict[int, list[float]]) -> Step:
    """Return the answer: the best mean among the shapes with the most seeds, as `scale search` decides."""
    most = max(map(len, seen.values()))
    best = max((place for place in seen if len(seen[place]) == most), key=lambda place: float(np.mean(seen[place])))
    count = sum(map(len, seen.values()))
    return Step(method=method, trainings=count, spent=count * problem.target, regret=problem.regret(shapes[best]))


def _most_improvement(shapes: Array, seen: dict[int, list[float]], seed: int) -> int:
    """Return the untrained shape whose expected improvement over the best mean is greatest."""
    trained = list(seen)
    law = fit_law(shapes[trained], np.array([np.mean(seen[place]) for place in trained]), seed=seed)
    best = law.draw(shapes[trained]).mean(axis=0).max()
    gain = np.maximum(law.draw(shapes) - best, 0).mean(axis=0)
    gain[trained] = -np.inf
    return int(np.argmax(gain))

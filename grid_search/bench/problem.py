"""What methods are tried on: shapes that can be trained, what each costs, and the truth that judges the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid_search.bench.synthetic import COST_EXPONENTS, Truth, synthetic_laws
from grid_search.compound_scaling import AXES
from grid_search.law.answer import shapes_asked
from grid_search.law.costs import CostModel, shapes_at_cost

Array = NDArray[np.float64]
CHEAPEST, DEAREST = 0.25, 2.0  # baselines that a shape of a synthetic law may cost
REACH = (0.7, 0.6, 0.5)  # how far its axes go, as logarithms
STEPS = 9


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Problem:
    """One question: of which shape is the best network that costs `target` baselines?

    `shapes` [networks, axes] (logarithms of multipliers of the baseline) are what a law may train; `accuracies`
    [networks] in percent what a training gives without noise, `costs` [networks] in baselines. `truth` judges shapes
    that cost the target.
    """

    name: str
    axes: tuple[str, ...]
    shapes: Array
    accuracies: Array
    costs: Array
    cost_model: CostModel
    truth: Callable[[Array], Array]
    target: float

    @property
    def best(self) -> Array:
        """The best shape of the target's cost by the truth, [axes]."""
        asked = shapes_asked(self.cost_model, self.target)
        return np.asarray(asked[int(np.argmax(self.truth(asked)))])

    @property
    def inside(self) -> tuple[bool, ...]:
        """For each axis, whether the best lies inside of it: the axis is scaled, and another one too."""
        best = self.best
        return tuple((best > 0) & (best < best.sum()))

    def regret(self, shape: Array) -> float:
        """Return how many points the best shape of this cost is better than `shape`, brought to the target's cost."""
        at_target = self.at_target(shape[None])
        return float((self.truth(self.best[None]) - self.truth(at_target))[0])

    def at_target(self, directions: Array) -> Array:
        """Return shapes [points, axes] in the given directions (logarithms of multipliers) that cost the target."""
        shares = np.abs(directions) * self.cost_model.linear
        return shapes_at_cost(self.cost_model, shares / shares.sum(axis=1, keepdims=True), self.target)


def synthetic_problems(target: float = 2.0, laws: Mapping[str, Truth] | None = None) -> list[Problem]:
    """Return a problem for each law (the ten written ones): all three axes, shapes of 1/4 to 2 baselines."""
    exponents = np.array(COST_EXPONENTS)
    model = CostModel(linear=exponents, quadratic=np.zeros((3, 3)), error=0.0)
    lattice = np.stack(np.meshgrid(*(np.linspace(-end, end, STEPS) for end in REACH), indexing="ij"), axis=-1)
    shapes = lattice.reshape(-1, 3)
    costs = np.exp(model(shapes))
    kept = (costs >= CHEAPEST) & (costs <= DEAREST)
    return [
        Problem(
            name=name,
            axes=AXES,
            shapes=shapes[kept],
            accuracies=truth(shapes[kept]),
            costs=costs[kept],
            cost_model=model,
            truth=truth,
            target=target,
        )
        for name, truth in (laws or synthetic_laws()).items()
    ]


def known_directions(axes: Sequence[str], paper: Sequence[float]) -> dict[str, Array]:
    """Return the directions that need no training: the paper's and each axis alone, as logarithms of multipliers."""
    logarithms = dict(zip(AXES, np.log(paper).tolist(), strict=True))
    alone = np.eye(len(axes))
    named = {"paper": np.array([logarithms[axis] for axis in axes])}
    return named | {f"{axis} only": alone[place] for place, axis in enumerate(axes)}

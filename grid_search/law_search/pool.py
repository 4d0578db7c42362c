"""The networks a law may train: every distinct one on a lattice of depth, width and resolution, within costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from grid_search.compound_scaling import AXES, Coefficients, Multipliers, check_resolution, total_stride
from grid_search.cost_function import COUNTED, cost_function
from grid_search.grid.combination_costs import Axis, combination_costs
from grid_search.grid.config import COST_EXPONENTS, GridConfig
from grid_search.law.config import LawConfig
from grid_search.law.costs import CostModel, fit_cost
from grid_search.law.design import fewest_shapes
from grid_search.law.spreading import farthest_points
from grid_search.law_search.shapes import log_size
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.task import IMAGENET, Task

Array = NDArray[np.float64]
VALUES = 15  # of each multiplier
MOST_MEASURED = 48  # networks whose cost is measured, where it cannot be counted
DEAREST_COUNTED = 16.0  # baselines, up to which costs are counted for the model of cost: a path goes beyond the pool


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Pool:
    """What a law is fitted over: a baseline, its task, and networks around it.

    `multipliers` [networks, 3] make them, `sizes` [networks, 3] are the logarithms of their real depth, width and
    resolution in baselines, `ratios` [networks] what they cost in baselines. `config` is the grid's: target, cost and
    rounding. `varying` are the positions of the axes that vary.
    """

    baseline: Architecture
    config: GridConfig
    task: Task
    multipliers: Array
    sizes: Array
    ratios: Array
    varying: tuple[int, ...]
    cost_model: CostModel

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes that vary."""
        return tuple(AXES[place] for place in self.varying)

    @property
    def shapes(self) -> Array:
        """The sizes along the axes that vary, [networks, axes]."""
        return self.sizes[:, self.varying]

    def coefficients(self, place: int) -> Coefficients:
        """Return the multipliers of a network as coefficients of phi = 1."""
        alpha, beta, gamma = self.multipliers[place].tolist()
        return Coefficients(alpha=alpha, beta=beta, gamma=gamma)


def network_pool(baseline: Architecture, config: GridConfig, law: LawConfig, task: Task = IMAGENET) -> Pool:
    """Return the distinct networks that cost between `law.cheapest` and `law.dearest` baselines.

    A cost that cannot be counted is measured on 48 of them, far apart. Raises InvalidInput where too few are left for
    a law: a baseline that cannot shrink or grow by rounded steps.
    """
    check_resolution(baseline)
    found = networks_between(baseline, config, task, (law.cheapest, law.dearest), VALUES)
    _check_enough(len(found.ratios), 1, baseline, law)
    if config.cost not in COUNTED:
        found = found.take(farthest_points(found.sizes * np.array(list(COST_EXPONENTS.values())), 0, MOST_MEASURED))
        found = replace(found, ratios=measured_ratios(baseline, config, task, found.multipliers))
        known = found
    else:
        costs = (law.cheapest, max(law.dearest, DEAREST_COUNTED))
        known = networks_between(baseline, config, task, costs, VALUES)
    varying = tuple(place for place in range(3) if np.ptp(found.sizes[:, place]) > 1e-9)
    _check_enough(len(found.ratios), len(varying), baseline, law)
    known = known.take(np.flatnonzero(_unscaled(known.sizes, varying)).tolist())
    return Pool(
        baseline=baseline,
        config=config,
        task=task,
        multipliers=found.multipliers,
        sizes=found.sizes,
        ratios=found.ratios,
        varying=varying,
        cost_model=fit_cost(known.sizes[:, varying], known.ratios, stepped=_stepped(varying)),
    )


def _unscaled(sizes: Array, varying: Sequence[int]) -> NDArray[np.bool_]:
    """Return which networks are as the baseline along the axes that do not vary, [networks]."""
    others = [place for place in range(3) if place not in varying]
    return np.asarray((np.abs(sizes[:, others]) <= 1e-9).all(axis=1))


def _stepped(varying: Sequence[int]) -> int | None:
    """Return where resolution is among the axes that vary."""
    resolution = AXES.index("resolution")
    return varying.index(resolution) if resolution in varying else None


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Networks:
    """Distinct networks: `multipliers` and `sizes` [networks, 3] as in `Pool`, `ratios` [networks] in baselines."""

    multipliers: Array
    sizes: Array
    ratios: Array

    def take(self, places: Sequence[int]) -> Networks:
        """Return the networks at these positions."""
        rows = list(places)
        return Networks(multipliers=self.multipliers[rows], sizes=self.sizes[rows], ratios=self.ratios[rows])


def networks_between(
    baseline: Architecture,
    config: GridConfig,
    task: Task,
    costs: tuple[float, float],
    values: int,
    *,
    reach: tuple[float, float] | None = None,
    within: Mapping[str, float] | None = None,
) -> Networks:
    """Return the distinct networks on a lattice of `values` multipliers an axis that cost within `costs`, in baselines.

    `within` are limits of other counts, in baselines too. A cost that cannot be counted is counted in multiply-adds.
    The lattice reaches, on every axis, from what alone would cost the least of `reach` (default: of `costs`) to what
    alone would cost the most, the baseline's own value included.
    """
    name = config.cost if config.cost in COUNTED else "flops"
    table = combination_costs(
        baseline, **_lattice(baseline, reach or costs, values), rounding=config.rounding, task=task
    )
    ratios = table.count(name) / cost_function(name, task)(baseline)
    kept = (ratios >= costs[0] - 1e-9) & (ratios <= costs[1] + 1e-9)
    for other, limit in (within or {}).items():
        kept &= table.count(other) / cost_function(other, task)(baseline) <= limit + 1e-9
    places = np.argwhere(kept)
    columns = [(getattr(table, axis), places[:, column]) for column, axis in enumerate(AXES)]
    return Networks(
        multipliers=np.stack([_middles(axis)[place] for axis, place in columns], axis=1),
        sizes=np.stack([_sizes(axis, name)[place] for name, (axis, place) in zip(AXES, columns, strict=True)], axis=1),
        ratios=ratios[tuple(places.T)],
    )


def measured_ratios(baseline: Architecture, config: GridConfig, task: Task, multipliers: Array) -> Array:
    """Return what the networks of these multipliers [networks, 3] are measured to cost, in baselines."""
    measure = cost_function(config.cost, task)
    scaled = (Multipliers(*row).apply(baseline, config.rounding) for row in multipliers.tolist())
    return np.array([measure(network) for network in scaled]) / measure(baseline)


def _lattice(baseline: Architecture, costs: tuple[float, float], values: int) -> dict[str, list[float]]:
    least = total_stride(baseline) / min(baseline.input_size)
    lattice = {}
    for axis, exponent in zip(AXES, COST_EXPONENTS.values(), strict=True):
        low, high = min(costs[0], 1.0) ** (1 / exponent), max(costs[1], 1.0) ** (1 / exponent)
        low = max(low, least) if axis == "resolution" else low
        lattice[axis] = sorted({1.0, *np.geomspace(low, high, values).round(3).tolist()})
    return lattice


def _sizes(axis: Axis, name: str) -> Array:
    """Return, for everything an axis resolves to, the logarithm of its size in baselines."""
    unscaled = axis.resolved[int(axis.index[int(np.argmin(np.abs(axis.values - 1)))])]
    return np.array([log_size(name, resolved) - log_size(name, unscaled) for resolved in axis.resolved])


def _middles(axis: Axis) -> Array:
    """Return a multiplier for everything an axis resolves to: 1 where it does, or the middle one of those that do."""
    chosen = []
    for position in range(len(axis.resolved)):
        values = axis.values[axis.index == position]
        chosen.append(1.0 if 1.0 in values else float(values[len(values) // 2]))
    return np.array(chosen)


def _check_enough(networks: int, axes: int, baseline: Architecture, law: LawConfig) -> None:
    fewest = fewest_shapes(axes)
    if networks < fewest:
        accepted = (
            f"a range in which {baseline.name} has at least {fewest} different networks; after rounding it has "
            f"{networks} from {law.cheapest:g} to {law.dearest:g} baselines"
        )
        raise InvalidInput("scale.law.cheapest", law.cheapest, accepted)

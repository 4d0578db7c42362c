"""From a target cost to the multipliers that meet it: phi solved coarsely, then the axes fine-tuned around it.

Rounding makes the cost of the compound rule jump (one more block in every stage, an odd feature map), by 15 % and
more. So phi alone cannot meet a target: the rule decides roughly, and among the networks around it, each axis moved
a little, the one is taken that strays least from the rule and lies within the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from grid_search.compound_scaling import Coefficients, Multipliers, total_stride
from grid_search.family.axis_limits import fits, hold
from grid_search.family.config import AxisLimits, FamilyConfig
from grid_search.family.tinynet import tinynet_coefficients
from grid_search.grid.combination_costs import Axis, CostTable, combination_costs, resolve
from grid_search.grid.solve import solve_bracket
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.task import IMAGENET, Task

Reals = NDArray[np.float64]
WINDOWS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0)  # how far an axis may stray, in doublings of cost
SAMPLES = 65  # values of an axis in a window; odd, so that the rule's own is among them
EXPONENTS = {"depth": 1, "width": 2, "resolution": 2}


@dataclass(frozen=True, slots=True)
class Solution:
    """The phi whose nominal rule comes nearest, the multipliers around it, and the count they make."""

    phi: float
    multipliers: Multipliers
    count: int


def family_coefficients(config: FamilyConfig, phi: float) -> Coefficients:
    """Return the coefficients that serve at this phi: below 0 perhaps TinyNet's."""
    return tinynet_coefficients() if phi < 0 and config.shrink == "tinynet" else config.coefficients


def family_multipliers(baseline: Architecture, config: FamilyConfig, phi: float, limits: AxisLimits) -> Multipliers:
    """Return the multipliers of the compound rule at this phi, held within the limits."""
    return hold(baseline, family_coefficients(config, phi).power(phi), limits, config.rounding)


def solve_count(
    baseline: Architecture, config: FamilyConfig, name: str, target: float, task: Task = IMAGENET
) -> Solution:
    """Return the network nearest the compound rule whose `name` (flops, params, activations) meets `target`.

    Raises InvalidInput where none within the limits comes within `config.tolerance`.
    """
    limits = _with_stride(baseline, config.limits)

    def rule(phi: float) -> Multipliers:
        return family_multipliers(baseline, config, phi, limits)

    def count(phi: float) -> float:
        scaled = rule(phi).apply(baseline, config.rounding)
        return float(getattr(estimate_cost(scaled, *task), name))

    bracket = solve_bracket(count, target)
    nearest: float = min(bracket, key=lambda side: abs(count(side) - target))
    phi = round(nearest, 6)
    for window in WINDOWS:
        values = _window(baseline, rule(phi), window, limits, config)
        table = combination_costs(baseline, **values, rounding=config.rounding, task=task)
        if (found := _least_astray(table, name, target, rule(phi), config.tolerance)) is not None:
            return Solution(phi, *found)
    raise InvalidInput(
        "target", target, f"a cost within {config.tolerance:.2%} of a network near phi = {phi:g}: widen the tolerance"
    )


def _with_stride(baseline: Architecture, limits: AxisLimits) -> AxisLimits:
    """Keep the input at least as large as the stride of the network, whatever the cost asks for."""
    return replace(limits, least_resolution=max(limits.least_resolution or 1, total_stride(baseline)))


def _window(
    baseline: Architecture, center: Multipliers, window: float, limits: AxisLimits, config: FamilyConfig
) -> dict[str, list[float]]:
    """Return the values of each axis whose part in the cost lies within 2^-window and 2^window of the rule's."""
    steps: list[float] = np.linspace(-window, window, SAMPLES).tolist()

    def values(axis: str) -> list[float]:
        around = (getattr(center, axis) * 2 ** (step / EXPONENTS[axis]) for step in steps)
        return [value for value in around if fits(axis, resolve(baseline, axis, value, config.rounding), limits)]

    return {axis: values(axis) for axis in EXPONENTS}


def _least_astray(
    table: CostTable, name: str, target: float, center: Multipliers, tolerance: float
) -> tuple[Multipliers, int] | None:
    """Return the network within the tolerance that strays least from the rule, and its count, if there is one.

    Straying is the sum of squares of each axis's part in the log cost and of the remaining error, counted double.
    """
    count = table.count(name)  # [depths, widths, resolutions]
    axes = [_astray(getattr(table, axis), getattr(center, axis), axis) for axis in EXPONENTS]
    depth, width, resolution = (astray**2 for _, astray in axes)
    astray = depth[:, None, None] + width[:, None] + resolution + (2 * np.log(count / target)) ** 2
    astray[np.abs(count / target - 1) > tolerance] = np.inf
    best = np.unravel_index(int(np.argmin(astray)), astray.shape)
    if not np.isfinite(astray[best]):
        return None
    multipliers = Multipliers(*(float(values[place]) for (values, _), place in zip(axes, best, strict=True)))
    return multipliers, int(count[best])


def _astray(axis: Axis, center: float, name: str) -> tuple[Reals, Reals]:
    """Return, for each distinct outcome of an axis, the value nearest the rule's and how far its log cost strays."""
    distance = np.abs(EXPONENTS[name] * np.log(axis.values / center))
    order = np.lexsort((distance, axis.index))
    first = order[np.searchsorted(axis.index[order], np.arange(len(axis.resolved)))]
    return axis.values[first], distance[first]

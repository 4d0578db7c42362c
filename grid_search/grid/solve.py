"""Multipliers solved so that the measured cost, after rounding, meets a target as nearly as it can."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from grid_search.compound_scaling import Multipliers, Scaled, check_resolution, scale_checked
from grid_search.cost_function import cost_function
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding
from search_spaces.task import IMAGENET, Task

CONTROLS = ("depth", "width", "resolution")
FARTHEST = 16.0
PRECISION = 1e-7


def single_axis_controls(
    baseline: Architecture,
    target_ratio: float,
    rounding: Rounding = EFFICIENTNET_ROUNDING,
    *,
    cost: str = "flops",
    task: Task = IMAGENET,
) -> dict[str, Architecture]:
    """Return the baseline scaled along depth, width and resolution alone, each to `target_ratio` times its cost.

    Cost is measured after rounding; an axis in coarse steps (depth above all) comes as near as it can.
    """
    controls = solve_axes(baseline, target_ratio, rounding, cost=cost, task=task)
    return {axis: control.architecture for axis, control in controls.items()}


def solve_axes(
    baseline: Architecture,
    target_ratio: float,
    rounding: Rounding = EFFICIENTNET_ROUNDING,
    *,
    cost: str = "flops",
    task: Task = IMAGENET,
) -> dict[str, Scaled]:
    """Do what `single_axis_controls` does and keep the multipliers."""
    check_resolution(baseline)
    measure = cost_function(cost, task)
    target = target_ratio * measure(baseline)
    return {axis: _solve_axis(baseline, axis, target, rounding, measure) for axis in CONTROLS}


def _solve_axis(
    baseline: Architecture,
    axis: str,
    target: float,
    rounding: Rounding,
    measure: Callable[[Architecture], float],
) -> Scaled:
    def measured(multiplier: float) -> float:
        return measure(_along(axis, multiplier).apply(baseline, rounding))

    bracket = solve_bracket(lambda power: measured(2.0**power), target)
    nearest = min((2.0**power for power in bracket), key=lambda multiplier: abs(measured(multiplier) - target))
    multipliers = _along(axis, _simplest(lambda value: _along(axis, value).apply(baseline, rounding), nearest))
    architecture = scale_checked(baseline, multipliers, rounding)
    return Scaled(
        architecture=replace(architecture, name=f"{baseline.name}-{axis}"),
        baseline=baseline,
        multipliers=multipliers,
        rounding=rounding,
        target=target,
        method=f"{axis} alone",
    )


def solve_bracket(cost_of: Callable[[float], float], target: float) -> tuple[float, float]:
    """Return two neighbouring points, the cost below `target` at the first and not at the second.

    `cost_of` never falls as its argument grows; 0 is the baseline, and both points where it meets the target. Raises
    InvalidInput where the cost does not come down, or up, to the target as far as an architecture goes.
    """

    def cost(point: float) -> float:
        try:
            return cost_of(point)
        except InvalidInput:
            if point <= 0:
                raise
            return math.inf  # beyond what an architecture can be

    if cost(0.0) == target:
        return 0.0, 0.0
    low, high = _bracket(cost, target)
    while high - low > PRECISION:
        middle = (low + high) / 2
        if cost(middle) < target:
            low = middle
        else:
            high = middle
    if cost(high) == math.inf:
        raise _unreachable(target, cost(low))
    return low, high


def _bracket(cost: Callable[[float], float], target: float) -> tuple[float, float]:
    """Double a step away from the baseline until it lies beyond the target; raises InvalidInput if it never does."""
    upwards = cost(0.0) < target
    inner, outer = 0.0, 1.0 if upwards else -1.0
    while (cost(outer) < target) == upwards:
        if abs(outer) >= FARTHEST:
            raise _unreachable(target, cost(outer))
        inner, outer = outer, 2 * outer
    return (inner, outer) if upwards else (outer, inner)


def _unreachable(target: float, reached: float) -> InvalidInput:
    return InvalidInput("target", target, f"a cost that this baseline reaches; it came to {reached:.4g}")


def _along(axis: str, multiplier: float) -> Multipliers:
    return replace(Multipliers(), **{axis: multiplier})


def _simplest(make: Callable[[float], Architecture], multiplier: float) -> float:
    """Return the shortest decimal number that makes the same architecture."""
    wanted = make(multiplier).key
    for decimals in range(1, 9):
        for rounded in (math.floor, math.ceil):
            shorter: float = rounded(multiplier * 10**decimals) / 10.0**decimals
            if shorter > 0 and make(shorter).key == wanted:
                return shorter
    return multiplier

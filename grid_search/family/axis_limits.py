"""Multipliers moved so that every axis keeps to the limits of a family. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grid_search.compound_scaling import AXES, Multipliers
from grid_search.family.config import AxisLimits
from grid_search.grid.combination_costs import Resolved, resolve
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.scaling import Rounding

LEAST, MOST = 1 / 64, 64.0  # multipliers tried
ITERATIONS = 40


def hold(baseline: Architecture, multipliers: Multipliers, limits: AxisLimits, rounding: Rounding) -> Multipliers:
    """Return the multipliers, each moved as little as its limit asks for; raises InvalidInput where none will do."""
    for axis in AXES:

        def fit(value: float, axis: str = axis) -> bool:
            return fits(axis, resolve(baseline, axis, value, rounding), limits)

        multipliers = replace(multipliers, **{axis: _held(axis, getattr(multipliers, axis), fit, limits)})
    return multipliers


def fits(axis: str, resolved: Resolved, limits: AxisLimits) -> bool:
    """Tell whether what an axis resolves to is within the limits, all of them included."""
    most = {"depth": limits.depth, "width": limits.width, "resolution": limits.resolution}[axis]
    size = _size(axis, resolved)
    too_small = axis == "resolution" and limits.least_resolution is not None and min(resolved) < limits.least_resolution
    return not too_small and (most is None or size <= most)


def _size(axis: str, resolved: Resolved) -> int:
    """Return what a limit is about: blocks, channels of the widest stage (stem and head aside), pixels."""
    if axis == "depth":
        return sum(resolved)
    return max(resolved[1:-1]) if axis == "width" else max(resolved)


def _held(axis: str, wanted: float, fit: Callable[[float], bool], limits: AxisLimits) -> float:
    if fit(wanted):
        return wanted
    for end in (LEAST, MOST):
        inside = _border(fit, wanted, end)
        if fit(inside):
            return inside
    accepted = f"limits that leave a {axis} to choose, not {limits}"
    raise InvalidInput(f"limits.{axis}", getattr(limits, axis), accepted)


def _border(fit: Callable[[float], bool], outside: float, end: float) -> float:
    """Return the value nearest `outside` on the way to `end` that fits; it does not fit where none was found."""
    inside = _first_inside(fit, outside, end)
    for _ in range(ITERATIONS):
        middle = (inside + outside) / 2
        if fit(middle):
            inside = middle
        else:
            outside = middle
    return inside


def _first_inside(fit: Callable[[float], bool], outside: float, end: float) -> float:
    steps = 64
    ways = (outside + (end - outside) * step / steps for step in range(1, steps + 1))
    return next((value for value in ways if fit(value)), end)

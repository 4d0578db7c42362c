"""A grid before anything is trained: counts, spread of cost, and the coefficients that make equal networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from grid_search.compound_scaling import AXES, COEFFICIENTS
from grid_search.grid.combination_costs import Resolved, resolve
from grid_search.grid.enumeration import Grid


@dataclass(frozen=True, kw_only=True, slots=True)
class Indistinguishable:
    """An interval of one coefficient in which every value makes the same network; `values` of the grid lie in it."""

    coefficient: str
    interval: str
    values: tuple[float, ...]
    resolved: Resolved


@dataclass(frozen=True, kw_only=True, slots=True)
class GridSummary:
    """Counts and spread; ratios are measured cost in baselines, over the candidates (duplicates included).

    `on_target` and `distinct_on_target` count those measured within the tolerance of the target. `edges` are the
    borders of the histogram's bins, one more than there are `counts`.
    """

    points: int
    candidates: int
    distinct: int
    on_target: int
    distinct_on_target: int
    least: float
    lower_quartile: float
    median: float
    upper_quartile: float
    largest: float
    counts: tuple[int, ...]
    edges: tuple[float, ...]
    indistinguishable: tuple[Indistinguishable, ...]


def describe_grid(grid: Grid, bins: int = 12) -> GridSummary:
    """Return counts, spread and histogram of the measured cost, and the indistinguishable coefficients."""
    ratio = grid.frame["ratio"].to_numpy(dtype=np.float64)
    near = np.abs(ratio - grid.config.target) <= grid.config.tolerance
    least, lower, median, upper, largest = np.quantile(ratio, (0, 0.25, 0.5, 0.75, 1)).tolist()
    counts, edges = np.histogram(ratio, bins=bins)
    return GridSummary(
        points=grid.points,
        candidates=len(grid.frame),
        distinct=len(grid.distinct),
        on_target=int(near.sum()),
        distinct_on_target=int(near[grid.frame["chosen"].to_numpy()].sum()),
        least=least,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        largest=largest,
        counts=tuple(counts.tolist()),
        edges=tuple(edges.tolist()),
        indistinguishable=indistinguishable(grid),
    )


def indistinguishable(grid: Grid) -> tuple[Indistinguishable, ...]:
    """Return the intervals that hold more than one value of the grid, with their exact borders.

    On EfficientNet-B0 with `ceil`, every alpha in (1, 1.25] makes the same 23 blocks.
    """
    found = []
    for coefficient, name in zip(COEFFICIENTS, AXES, strict=True):
        axis = getattr(grid.table, name)
        values = axis.values.tolist()
        for position, resolved in enumerate(axis.resolved):
            members = [value for value, index in zip(values, axis.index.tolist(), strict=True) if index == position]
            if len(members) > 1:
                same = _same(grid, name, resolved)
                interval = _interval(same, members, values)
                found.append(_entry(coefficient, interval, members, resolved))
    return tuple(found)


def _entry(coefficient: str, interval: str, members: list[float], resolved: Resolved) -> Indistinguishable:
    return Indistinguishable(coefficient=coefficient, interval=interval, values=tuple(members), resolved=resolved)


def _same(grid: Grid, name: str, resolved: Resolved) -> Callable[[float], bool]:
    rounding = grid.config.rounding
    baseline = grid.baseline
    return lambda value: resolve(baseline, name, value, rounding) == resolved


def _interval(same: Callable[[float], bool], members: list[float], values: list[float]) -> str:
    """Write the interval around `members` where `same` holds, as far as the values of the grid reach."""
    below = max((value for value in values if value < members[0]), default=None)
    above = min((value for value in values if value > members[-1]), default=None)
    low = members[0] if below is None else _border(same, members[0], below)
    high = members[-1] if above is None else _border(same, members[-1], above)
    return f"{'[' if same(low) else '('}{low:g}, {high:g}{']' if same(high) else ')'}"


def _border(same: Callable[[float], bool], inside: float, outside: float) -> float:
    """Bisect between a value that is the same and one that is not, and take the simple fraction found there."""
    while abs(outside - inside) > 1e-9:
        middle = (inside + outside) / 2
        if same(middle):
            inside = middle
        else:
            outside = middle
    return float(Fraction(inside).limit_denominator(1000))

"""The networks that stage 2 trains: a spread of the grid, single-axis controls, the paper's choice, the baseline."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from grid_search.compound_scaling import COEFFICIENTS, PAPER_COEFFICIENTS, Coefficients, Multipliers
from grid_search.grid.enumeration import Grid
from grid_search.grid.solve import solve_axes
from grid_search.law.spreading import farthest_points
from trials.study.plan import Planned

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from grid_search.config import ScaleConfig
    from grid_search.search.ground import Ground

BASELINE, PAPER, COMPOUND = "baseline", "paper", "compound"
DOZEN = 12  # candidates that are spread before a surface chooses
CONTROL_ROLES = {"depth": "depth only", "width": "width only", "resolution": "resolution only"}


def plan_controls(grid: Ground, chosen: list[Coefficients]) -> list[Planned]:
    """Return one trial for the baseline, each single-axis control at the grid's target, and the paper's choice.

    Where the paper's coefficients meet the constraint they are a candidate like the others, and no control.
    """
    target, rounding = grid.config.target, grid.config.rounding
    controls = solve_axes(grid.baseline, target, rounding, cost=grid.config.cost, task=grid.task)
    plan = [planned(BASELINE, Coefficients(alpha=1.0, beta=1.0, gamma=1.0), 0)]
    plan += [planned(CONTROL_ROLES[axis], as_coefficients(scaled.multipliers), 0) for axis, scaled in controls.items()]
    return plan if PAPER_COEFFICIENTS in chosen else [*plan, planned(PAPER, PAPER_COEFFICIENTS, 0)]


def planned(role: str, coefficients: Coefficients, repeat: int, epochs: int | None = None) -> Planned:
    """Return a trial of one network in one role; `repeat` counts its seeds from 0.

    `epochs` shortens its training, for a rung of successive halving; None is the experiment's.
    """
    short = "" if epochs is None else f" {epochs} epochs"
    name = f"{role} {coefficients.alpha:g}/{coefficients.beta:g}/{coefficients.gamma:g} #{repeat}{short}"
    labels = {"role": role, "repeat": repeat} | ({} if epochs is None else {"epochs": epochs})
    return Planned(name=name, parameters=asdict(coefficients), labels=labels)


def as_coefficients(multipliers: Multipliers) -> Coefficients:
    """Read multipliers as the coefficients of phi = 1."""
    return Coefficients(alpha=multipliers.depth, beta=multipliers.width, gamma=multipliers.resolution)


def spread(grid: Grid, most: int) -> list[int]:
    """Return the labels of at most `most` distinct networks, far apart from one another over the three axes.

    Farthest-point sampling over the logarithms of the coefficients, from the one nearest the paper's on;
    deterministic. Single-axis points of the grid are left to the controls.
    """
    distinct = multi_axis(grid)
    points = _positions(distinct[list(COEFFICIENTS)].to_numpy(dtype=np.float64))
    labels = distinct.index.to_list()
    papers = _positions(np.array([[getattr(PAPER_COEFFICIENTS, name) for name in COEFFICIENTS]]))
    start = int(np.argmin(np.linalg.norm(points - papers, axis=1)))
    return [labels[position] for position in farthest_points(points, start, most)]


def spread_first(config: ScaleConfig) -> int:
    """Return how many candidates are spread over the axes; a surface chooses the others, one by one.

    With rungs all are spread: the better half of them is what goes on.
    """
    return config.candidates if config.rungs else min(config.candidates, DOZEN)


def multi_axis(grid: Grid) -> pd.DataFrame:
    """Return the distinct networks of the grid that scale at least two axes, or all where none does."""
    axes_scaled = (grid.distinct[list(COEFFICIENTS)] != 1).sum(axis=1)
    return grid.distinct[axes_scaled >= min(2, axes_scaled.max())]


def _positions(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return logarithms, weighted by the cost exponents of the axes: equal steps cost equally much."""
    positions: NDArray[np.float64] = np.log(coefficients) * np.array([1.0, 2.0, 2.0])
    return positions

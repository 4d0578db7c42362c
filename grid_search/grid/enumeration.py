"""The grid of coefficients: enumerated, held against the constraint and cleared of duplicates, without a loop."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from grid_search.compound_scaling import Coefficients, Scaled, check_resolution, scale_by_phi
from grid_search.cost_function import COUNTED, cost_function
from grid_search.grid.combination_costs import CostTable, Integers, Resolved, combination_costs
from grid_search.grid.config import COST_EXPONENTS, GridConfig
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.task import IMAGENET, Task

MOST_POINTS, MOST_VALUES, MOST_CANDIDATES = 20_000_000, 1_000_000, 5_000_000
MOST_MEASURED = 2_000
SLACK = 1e-9  # keeps what lies on the border out, whatever floating point makes of it

Reals = NDArray[np.float64]
Rows = tuple[Integers, Integers, Integers]  # positions along alpha, beta and gamma of each candidate


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Grid:
    """The coefficients that meet the constraint, and the network each of them makes.

    `frame` has a row for each: alpha, beta, gamma; nominal (alpha * beta^2 * gamma^2); depth, width (stem, stages,
    head) and resolution after rounding; blocks; flops, params, activations; cost (what the configuration measures);
    ratio (cost in baselines); network (equal for equal networks); chosen (the simplest coefficients of a network).
    `points` counts all combinations before the constraint.
    """

    baseline: Architecture
    config: GridConfig
    task: Task
    points: int
    table: CostTable
    frame: pd.DataFrame

    @property
    def distinct(self) -> pd.DataFrame:
        """One row for each distinct network: the one with the simplest coefficients."""
        return self.frame[self.frame["chosen"]]

    def coefficients(self, label: int) -> Coefficients:
        """Return the coefficients of the row with this label."""
        alpha, beta, gamma = (float(self.frame.at[label, name]) for name in COST_EXPONENTS)
        return Coefficients(alpha=alpha, beta=beta, gamma=gamma)

    def scaled(self, label: int) -> Scaled:
        """Return the network of the row with this label and how it came about."""
        made = scale_by_phi(self.baseline, self.coefficients(label), 1.0, self.config.rounding)
        return replace(made, target=self.config.target * float(self.frame.attrs["baseline_cost"]))

    def architecture(self, label: int) -> Architecture:
        """Return the network of the row with this label, named `<baseline>-phi1`."""
        return self.scaled(label).architecture


def enumerate_grid(baseline: Architecture, config: GridConfig | None = None, task: Task = IMAGENET) -> Grid:
    """Return every combination of coefficients that meets the constraint; nothing is trained.

    Raises InvalidInput where nothing meets it, naming the nearest, or where the grid is too fine to hold.
    """
    config = config or GridConfig()
    check_resolution(baseline)
    counts = [config.count(name) for name in COST_EXPONENTS]
    points = math.prod(counts)
    if points > MOST_POINTS or max(counts) > MOST_VALUES:
        found = f"{' x '.join(map(str, counts))} combinations"
        accepted = f"at most {MOST_POINTS}, and {MOST_VALUES} values of one coefficient: a larger step, narrower ranges"
        raise InvalidInput("grid", found, accepted)
    values = {name: config.values(name) for name in COST_EXPONENTS}
    table = combination_costs(
        baseline,
        depth=values["alpha"],
        width=values["beta"],
        resolution=values["gamma"],
        rounding=config.rounding,
        task=task,
    )
    nominal = _nominal(table)
    cost = _cost(table, config, nominal, task)
    baseline_cost = cost_function(config.cost, task)(baseline)
    ratio = (cost / baseline_cost)[np.ix_(table.depth.index, table.width.index, table.resolution.index)]
    rows = _candidates(table, config, nominal, ratio)
    frame = _frame(table, config, rows, nominal[rows], cost)
    frame["ratio"] = ratio[rows]
    frame = _choose(frame.assign(network=_networks(table, rows)), config)
    frame.attrs["baseline_cost"] = baseline_cost
    return Grid(baseline=baseline, config=config, task=task, points=points, table=table, frame=frame)


def _nominal(table: CostTable) -> Reals:
    """Return alpha * beta^2 * gamma^2 of every combination [alphas, betas, gammas]."""
    alpha, beta, gamma = table.depth.values, table.width.values, table.resolution.values
    return alpha[:, None, None] * (beta**2)[:, None] * gamma**2


def _cost(table: CostTable, config: GridConfig, nominal: Reals, task: Task) -> Reals:
    """Return the cost of every distinct network [depths, widths, resolutions]; NaN where it need not be known."""
    if config.cost in COUNTED:
        return table.count(config.cost).astype(np.float64)
    wanted = np.full(nominal.shape, True) if config.constraint == "measured" else _in_band(nominal, config)
    alphas, betas, gammas = np.nonzero(wanted)
    triples = np.unique(
        np.stack([table.depth.index[alphas], table.width.index[betas], table.resolution.index[gammas]]), axis=1
    ).T
    if len(triples) > MOST_MEASURED:
        raise InvalidInput(
            "cost", config.cost, f"at most {MOST_MEASURED} networks to measure, not {len(triples)}: constraint: both"
        )
    measure = cost_function(config.cost, task)
    cost = np.full(table.counts.shape[1:], np.nan)
    for depth, width, resolution in triples.tolist():
        cost[depth, width, resolution] = measure(table.architecture(depth, width, resolution))
    return cost


def _in_band(ratio: Reals, config: GridConfig) -> NDArray[np.bool_]:
    band: NDArray[np.bool_] = np.abs(ratio - config.target) < config.tolerance - SLACK
    return band


def _candidates(table: CostTable, config: GridConfig, nominal: Reals, ratio: Reals) -> Rows:
    """Return where the constraint holds; solving always constrains the measured cost."""
    by_nominal = config.constraint == "both" or (config.constraint == "nominal" and config.method == "grid")
    by_measured = config.constraint != "nominal" or config.method == "solve"
    met = np.full(nominal.shape, True)
    if by_nominal:
        met &= _in_band(nominal, config)
    if by_measured:
        met &= _in_band(ratio, config)
    if not met.any():
        raise _nothing_left(config, ratio if by_measured else nominal)
    if config.method == "solve":
        met &= _nearest_along(table, config, np.where(met, np.abs(ratio - config.target), np.inf))
    if (found := int(np.count_nonzero(met))) > MOST_CANDIDATES:
        accepted = f"one that leaves at most {MOST_CANDIDATES} candidates, not {found}; or a larger step"
        raise InvalidInput("tolerance", config.tolerance, accepted)
    alphas, betas, gammas = np.nonzero(met)
    return alphas, betas, gammas


def _nearest_along(table: CostTable, config: GridConfig, distance: Reals) -> NDArray[np.bool_]:
    """Return where the solved coefficient comes nearest to the target, for each pair of the other two.

    Odd feature maps round up, so that several resolutions may cost the same: the coefficient with the fewest
    decimals is taken.
    """
    axis = list(COST_EXPONENTS).index(config.solve_for)
    values = (table.depth, table.width, table.resolution)[axis].values
    simplest_first = np.argsort(_decimals(values), kind="stable")
    best = simplest_first[np.take(distance, simplest_first, axis=axis).argmin(axis=axis)]
    nearest = np.zeros(distance.shape, dtype=bool)
    np.put_along_axis(nearest, np.expand_dims(best, axis), True, axis=axis)
    return nearest & np.isfinite(distance)


def _nothing_left(config: GridConfig, ratio: Reals) -> InvalidInput:
    nearest = float(ratio.flat[np.nanargmin(np.abs(ratio - config.target))])
    accepted = (
        f"one that leaves a candidate: none costs {config.target:g} +- {config.tolerance:g} baselines, "
        f"the nearest in these ranges {nearest:.4g}"
    )
    return InvalidInput("tolerance", config.tolerance, accepted)


def _frame(table: CostTable, config: GridConfig, rows: Rows, nominal: Reals, cost: Reals) -> pd.DataFrame:
    axes = (table.depth, table.width, table.resolution)
    columns: dict[str, Any] = {
        name: axis.values[row] for name, axis, row in zip(COST_EXPONENTS, axes, rows, strict=True)
    }
    depth, width, resolution = (axis.index[row] for axis, row in zip(axes, rows, strict=True))
    columns["nominal"] = nominal
    columns["depth"] = _category(depth, table.depth.resolved)
    columns["width"] = _category(width, table.width.resolved)
    columns["resolution"] = _resolutions(resolution, table.resolution.resolved)
    columns["blocks"] = np.array([sum(depths) for depths in table.depth.resolved])[depth]
    for name in COUNTED:
        columns[name] = table.count(name)[depth, width, resolution]
    columns["cost"] = columns[config.cost] if config.cost in COUNTED else cost[depth, width, resolution]
    return pd.DataFrame(columns)


def _category(index: Integers, resolved: tuple[Resolved, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(index, categories=["-".join(map(str, numbers)) for numbers in resolved])


def _resolutions(index: Integers, resolved: tuple[Resolved, ...]) -> Any:
    """Return pixels as integers, or `height x width` as text where they differ."""
    if all(height == width for height, width in resolved):
        return np.array([height for height, _ in resolved])[index]
    return pd.Categorical.from_codes(index, categories=[f"{height}x{width}" for height, width in resolved])


def _networks(table: CostTable, rows: Rows) -> Integers:
    """Number the distinct networks.

    What the axes resolve to tells them apart: depths only ever grow with alpha, all stages together, so that no two
    of them make the same blocks in another grouping of stages.
    """
    depth, width, resolution = (
        axis.index[row] for axis, row in zip((table.depth, table.width, table.resolution), rows, strict=True)
    )
    combined = (depth * len(table.width.resolved) + width) * len(table.resolution.resolved) + resolution
    numbers: Integers = np.unique(combined, return_inverse=True)[1]
    return numbers


def _choose(frame: pd.DataFrame, config: GridConfig) -> pd.DataFrame:
    """Mark the simplest coefficients of each network: fewest decimals, then nearest the target, then smallest."""
    off_target = (frame["nominal"] - config.target).abs().round(9)
    decimals = np.sum([_decimals(frame[name].to_numpy()) for name in COST_EXPONENTS], axis=0)
    order = np.lexsort((frame["gamma"], frame["beta"], frame["alpha"], off_target, decimals, frame["network"]))
    chosen = np.zeros(len(frame), dtype=bool)
    networks = frame["network"].to_numpy()[order]
    chosen[order[np.r_[True, networks[1:] != networks[:-1]]]] = True
    return frame.assign(chosen=chosen)


def _decimals(values: Reals) -> Integers:
    """Return how many decimals each value is written with."""
    different, inverse = np.unique(values, return_inverse=True)
    lengths = [len(f"{value:.9f}".rstrip("0").partition(".")[2]) for value in different.tolist()]
    counted: Integers = np.array(lengths, dtype=np.int64)[inverse]
    return counted

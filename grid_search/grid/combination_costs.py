"""The exact cost of every combination of scaled depths, widths and resolutions at once.

Millions of coefficients resolve to a handful of distinct depths, widths and resolutions. Every block of a stage
after the first costs the same, so for given widths and resolution the cost is affine in the depths:
cost(depths) = cost(1, 1, ...) + sum over stages of (depth - 1) * cost of one more block. The slopes come from
`estimate_cost` itself, so that a new kind of block needs nothing here; integers throughout, nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from grid_search.compound_scaling import Multipliers
from search_spaces.architecture import Architecture, Head
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.scaling import Rounding
from search_spaces.task import IMAGENET, Task

Resolved = tuple[int, ...]
Integers = NDArray[np.int64]
COUNTS = ("flops", "params", "activations")
MOST_NETWORKS = 20_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """The values of one multiplier and what they resolve to.

    `index` [values] points into `resolved`: depths of the stages; widths of stem, stages and head (0: none);
    height and width of the input.
    """

    values: NDArray[np.float64]
    index: Integers
    resolved: tuple[Resolved, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostTable:
    """Counts [3, depths, widths, resolutions] of all distinct combinations; the first axis is that of COUNTS."""

    baseline: Architecture
    depth: Axis
    width: Axis
    resolution: Axis
    counts: Integers

    def count(self, name: str) -> Integers:
        """Return flops, params or activations [depths, widths, resolutions]."""
        found: Integers = self.counts[COUNTS.index(name)]
        return found

    def architecture(self, depth: int, width: int, resolution: int) -> Architecture:
        """Return the combination of the given positions in the `resolved` of the axes."""
        axes = (self.depth.resolved[depth], self.width.resolved[width], self.resolution.resolved[resolution])
        return compose(self.baseline, *axes)


def combination_costs(
    baseline: Architecture,
    *,
    depth: Sequence[float],
    width: Sequence[float],
    resolution: Sequence[float],
    rounding: Rounding,
    task: Task = IMAGENET,
) -> CostTable:
    """Return the cost of every combination of the given multipliers; raises InvalidInput above 20 million."""
    axes = (
        resolve_axis(baseline, "depth", depth, rounding),
        resolve_axis(baseline, "width", width, rounding),
        resolve_axis(baseline, "resolution", resolution, rounding),
    )
    networks = len(axes[0].resolved) * len(axes[1].resolved) * len(axes[2].resolved)
    if networks > MOST_NETWORKS:
        raise InvalidInput("grid", f"{networks} distinct networks", f"at most {MOST_NETWORKS}: narrower ranges")
    base, slopes = _affine(baseline, axes[1], axes[2], task)
    more = np.array(axes[0].resolved, dtype=np.int64) - 1  # [depths, stages]
    counts = base[:, None] + np.einsum("ds,kswr->kdwr", more, slopes)
    table = CostTable(baseline=baseline, depth=axes[0], width=axes[1], resolution=axes[2], counts=counts)
    _check_corners(table, task)
    return table


def resolve_axis(baseline: Architecture, name: str, values: Sequence[float], rounding: Rounding) -> Axis:
    """Scale one axis of the baseline by each value; `name` is depth, width or resolution."""
    positions: dict[Resolved, int] = {}
    index = [positions.setdefault(resolve(baseline, name, value, rounding), len(positions)) for value in values]
    return Axis(np.array(values, dtype=np.float64), np.array(index, dtype=np.int64), tuple(positions))


def resolve(baseline: Architecture, name: str, value: float, rounding: Rounding) -> Resolved:
    """Return the integers that one axis of the baseline, multiplied by `value`, resolves to."""
    return sizes_of(replace(Multipliers(), **{name: value}).apply(baseline, rounding), name)


def sizes_of(network: Architecture, name: str) -> Resolved:
    """Return the integers of one axis of a network, as `Axis` tells them."""
    if name == "depth":
        return tuple(stage.depth for stage in network.stages)
    if name == "width":
        return (network.stem.width, *(stage.width for stage in network.stages), network.head.width or 0)
    return network.input_size


def compose(baseline: Architecture, depths: Resolved, widths: Resolved, size: Resolved) -> Architecture:
    """Return the baseline with the given depths, widths and input size."""
    stem, *stage_widths, head = widths
    stages = zip(baseline.stages, stage_widths, depths, strict=True)
    return replace(
        baseline,
        resolution=(size[0], size[1]),
        stem=replace(baseline.stem, width=stem),
        stages=tuple(replace(stage, width=width, depth=depth) for stage, width, depth in stages),
        head=Head(width=head or None),
    )


def _affine(baseline: Architecture, width: Axis, resolution: Axis, task: Task) -> tuple[Integers, Integers]:
    """Return counts with every depth 1, [3, widths, resolutions], and per further block, [3, stages, ...]."""
    stages = len(baseline.stages)
    counts = np.empty((stages + 1, len(width.resolved), len(resolution.resolved), len(COUNTS)), dtype=np.int64)
    for column, widths in enumerate(width.resolved):
        for row in range(stages + 1):
            depths = tuple(2 if stage == row - 1 else 1 for stage in range(stages))
            shallow = compose(baseline, depths, widths, baseline.input_size)
            for place, size in enumerate(resolution.resolved):
                cost = estimate_cost(replace(shallow, resolution=(size[0], size[1])), *task)
                counts[row, column, place] = cost.flops, cost.params, cost.activations
    base = counts[0]
    return np.moveaxis(base, -1, 0), np.moveaxis(counts[1:] - base, -1, 0)


def _check_corners(table: CostTable, task: Task) -> None:
    """Hold the table against `estimate_cost` where it is largest and smallest: affine in depth, within 64 bits."""
    shape = table.counts.shape[1:]
    for corner in product(*((0, length - 1) for length in shape)):
        cost = estimate_cost(table.architecture(*corner), *task)
        expected = (cost.flops, cost.params, cost.activations)
        if tuple(table.counts[(slice(None), *corner)].tolist()) != expected:
            raise RuntimeError(f"the cost table disagrees with the closed form at {corner}: a defect, please report it")

"""The networks whose maps are compared: baseline, one axis alone, compound; all scaled ones of one measured cost."""

from __future__ import annotations

from dataclasses import dataclass

from grid_search.compound_scaling import scale
from grid_search.cost_function import cost_function
from grid_search.family.finished import ScalingRule
from grid_search.grid.solve import solve_axes
from grid_search.search.candidates import BASELINE, COMPOUND, CONTROL_ROLES
from search_spaces.architecture import Architecture
from trials.check.networks import stage_sides

ROLES = (BASELINE, *CONTROL_ROLES.values(), COMPOUND)
LEAST_SIDE = 4  # pixels: a coarser map cannot say where anything is


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A network, its role beside the others, and its measured cost in baselines."""

    role: str
    architecture: Architecture
    ratio: float

    @property
    def folder(self) -> str:
        """The name of the folder that keeps its weights."""
        return self.role.replace(" ", "-")


def compared_networks(rule: ScalingRule, cost: str = "flops") -> tuple[Compared, ...]:
    """Return the baseline, each axis alone and the compound network, in this order.

    The compound network is that of phi = 1; each axis alone comes as near to its measured `cost` as it can.
    """
    measure = cost_function(cost, rule.task)
    compound = scale(rule.baseline, rule.coefficients, 1.0, rule.rounding)
    whole = measure(rule.baseline)
    axes = solve_axes(rule.baseline, measure(compound) / whole, rule.rounding, cost=cost, task=rule.task)
    named = {
        BASELINE: rule.baseline,
        **{CONTROL_ROLES[axis]: scaled.architecture for axis, scaled in axes.items()},
        COMPOUND: compound,
    }
    return tuple(
        Compared(role=role, architecture=architecture, ratio=measure(architecture) / whole)
        for role, architecture in named.items()
    )


def looked_at(architecture: Architecture) -> int:
    """Return the stage (from 0) after which maps are taken: the last that sees at least 4 pixels along a side.

    >>> from search_spaces.reference import reference
    >>> looked_at(reference("efficientnet-b0"))
    6
    """
    wide = [place for place, side in enumerate(stage_sides(architecture)) if side >= LEAST_SIDE]
    return max(wide, default=0)

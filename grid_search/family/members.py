"""A family of networks from one baseline: by phi, or by what each may cost, larger and smaller than the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from grid_search.compound_scaling import Multipliers, Scaled, check_resolution, scale_checked
from grid_search.cost_function import COUNTED, CostFunction, cost_function
from grid_search.family.config import FamilyConfig
from grid_search.family.near_target import Solution, family_coefficients, family_multipliers, solve_count
from grid_search.family.regularization import ramp_dropout
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.task import IMAGENET, Task
from trials.quantity import parse_quantity

MOST_STEPS = 12
SMALLEST_SLOPE = 0.05  # of log cost over log multiply-adds; noise may even turn it round


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A cost to meet: where it stands in the configuration, its value, and the label it has in a name."""

    key: str
    cost: float
    label: str


def make_family(baseline: Architecture, config: FamilyConfig, task: Task = IMAGENET) -> list[Scaled]:
    """Return a network for every phi and every target of the configuration, in this order.

    Raises InvalidInput, before anything is written, where a target cannot be met within the tolerance, the limits
    leave nothing, or an input would be smaller than the stride of the network.
    """
    check_resolution(baseline)
    measure = cost_function(config.cost, task)
    baseline_cost = measure(baseline) if config.targets else 0.0
    targets = [
        parse_target(f"targets.{index}", text, baseline_cost, config.cost) for index, text in enumerate(config.targets)
    ]
    by_phi = [_at_phi(baseline, config, phi, task) for phi in config.phis]
    return by_phi + [_at_target(baseline, config, target, measure, task) for target in targets]


def parse_target(key: str, target: int | float | str, baseline_cost: float, cost: str = "flops") -> Target:
    """Read a target: a number, text such as `400M`, or `0.5x` for a multiple of the baseline.

    >>> parse_target("targets.0", "0.5x", 386_000_000)
    Target(key='targets.0', cost=193000000.0, label='0.5x')
    """
    if not isinstance(target, str):
        wanted = float(parse_quantity(key, target))
        return Target(key=key, cost=wanted, label=f"{wanted / 1e6:g}M" if cost in COUNTED else f"{wanted:g}")
    label = target.strip()
    factor, multiple = (baseline_cost, label[:-1]) if label.endswith("x") else (1.0, label)
    return Target(key=key, cost=float(parse_quantity(key, multiple)) * factor, label=label)


def _at_phi(baseline: Architecture, config: FamilyConfig, phi: float, task: Task) -> Scaled:
    multipliers = family_multipliers(baseline, config, phi, config.limits)
    return _member(baseline, config, phi, multipliers, f"phi{phi:g}", task)


def _at_target(
    baseline: Architecture, config: FamilyConfig, target: Target, measure: CostFunction, task: Task
) -> Scaled:
    try:
        if config.cost in COUNTED:
            solution = solve_count(baseline, config, config.cost, target.cost, task)
        else:
            solution = _follow(baseline, config, target.cost, measure, task)
    except InvalidInput as error:
        raise InvalidInput(target.key, target.label, error.accepted) from None
    member = _member(baseline, config, solution.phi, solution.multipliers, target.label, task)
    return replace(member, target=target.cost)


def _follow(baseline: Architecture, config: FamilyConfig, target: float, measure: CostFunction, task: Task) -> Solution:
    """Meet a cost that cannot be computed, only measured, by aiming at multiply-adds and correcting the aim.

    Latency grows with multiply-adds, if neither in proportion nor from zero: the aim follows the line through the
    nearest measurements on a logarithmic scale. Raises InvalidInput where no step came within the tolerance.
    """
    known = {float(estimate_cost(baseline, *task).flops): measure(baseline)}  # aim: cost
    for _ in range(MOST_STEPS):
        try:
            solution = solve_count(baseline, config, "flops", next_aim(known, target), task)
        except InvalidInput:
            break  # no network is that small, or that large
        cost = measure(solution.multipliers.apply(baseline, config.rounding))
        if abs(cost / target - 1) <= config.tolerance:
            return solution
        known[float(solution.count)] = cost
    nearest = min(known.values(), key=lambda cost: abs(cost - target))
    raise InvalidInput(
        "target", target, f"a cost within {config.tolerance:.2%} of what is measured; the nearest was {nearest:.6g}"
    )


def next_aim(known: Mapping[float, float], target: float) -> float:
    """Return the multiply-adds to try next, from the costs `known` of others, at most 4 times off the nearest one.

    >>> next_aim({1e8: 5.0}, 10.0)
    200000000.0
    >>> round(next_aim({1e8: 5.0, 4e8: 20.0}, 10.0))
    200000000
    """
    by_nearness = sorted(known, key=lambda aim: abs(math.log(known[aim] / target)))
    below = max((aim for aim, cost in known.items() if cost <= target), default=math.inf)
    above = min((aim for aim, cost in known.items() if cost > target), default=0.0)
    if below < above:
        share = math.log(target / known[below]) / math.log(known[above] / known[below])
        return float(below * (above / below) ** min(0.9, max(0.1, share)))
    first, *others = by_nearness
    slope = _slope(known, first, others[0]) if others else 1.0
    power = math.log(target / known[first]) / max(slope, SMALLEST_SLOPE)
    return float(first * min(4.0, max(0.25, math.exp(min(9.0, max(-9.0, power))))))


def _slope(known: Mapping[float, float], one: float, other: float) -> float:
    return math.log(known[one] / known[other]) / math.log(one / other)


def _member(
    baseline: Architecture, config: FamilyConfig, phi: float, multipliers: Multipliers, label: str, task: Task
) -> Scaled:
    architecture = scale_checked(baseline, multipliers, config.rounding)
    made = Scaled(
        architecture=replace(architecture, name=f"{baseline.name}-{label}"),
        baseline=baseline,
        multipliers=multipliers,
        rounding=config.rounding,
        coefficients=family_coefficients(config, phi),
        phi=phi,
    )
    return replace(made, architecture=ramp_dropout(made.architecture, made.measured_ratio(task)))

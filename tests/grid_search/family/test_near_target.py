from __future__ import annotations

import pytest

from grid_search.compound_scaling import PAPER_COEFFICIENTS
from grid_search.family.config import AxisLimits, FamilyConfig
from grid_search.family.near_target import family_coefficients, family_multipliers, solve_count
from grid_search.family.tinynet import tinynet_coefficients
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.task import Task

B0 = reference("efficientnet-b0")


@pytest.mark.parametrize(("name", "target"), [("flops", 1.0e9), ("params", 9.0e6), ("activations", 5.0e6)])
def test_the_network_costs_what_is_said_and_what_was_asked_for(name: str, target: float) -> None:
    solution = solve_count(B0, FamilyConfig(targets=(target,)), name, target)
    assert getattr(estimate_cost(solution.multipliers.apply(B0)), name) == solution.count
    assert solution.count == pytest.approx(target, rel=0.03)


def test_the_classifier_counts() -> None:
    target = 6e6
    solution = solve_count(B0, FamilyConfig(targets=(target,)), "params", target, task=Task(num_classes=10))
    assert estimate_cost(solution.multipliers.apply(B0), 10).params == solution.count
    assert solution.count == pytest.approx(target, rel=0.03)


def test_a_cost_of_the_rule_itself_gives_the_rule() -> None:
    rule = PAPER_COEFFICIENTS.power(1).apply(B0)
    flops = estimate_cost(rule).flops
    solution = solve_count(B0, FamilyConfig(targets=(flops,)), "flops", flops)
    assert solution.count == pytest.approx(flops, rel=0.001)
    assert solution.multipliers.apply(B0).input_size == pytest.approx(rule.input_size, abs=2)
    assert solution.phi == pytest.approx(1, abs=0.05)


def test_a_tolerance_that_nothing_meets_is_refused() -> None:
    with pytest.raises(InvalidInput, match="widen the tolerance") as caught:
        solve_count(B0, FamilyConfig(targets=(1,), tolerance=1e-9), "flops", 1e9 + 1)
    assert caught.value.key == "target"


def test_the_rule_is_held_within_the_limits() -> None:
    config = FamilyConfig(phis=(2,))
    assert family_multipliers(B0, config, 2, AxisLimits()) == PAPER_COEFFICIENTS.power(2)
    limited = family_multipliers(B0, config, 2, AxisLimits(resolution=240))
    assert limited.apply(B0).resolution == 240
    assert limited.depth == PAPER_COEFFICIENTS.power(2).depth


def test_tinynets_coefficients_serve_below_the_baseline_alone() -> None:
    tinynet = FamilyConfig(phis=(0,), shrink="tinynet")
    assert family_coefficients(tinynet, -1) == tinynet_coefficients()
    assert family_coefficients(tinynet, 0) == PAPER_COEFFICIENTS
    assert family_coefficients(FamilyConfig(phis=(0,)), -1) == PAPER_COEFFICIENTS

from __future__ import annotations

import pytest

from grid_search.grid.solve import single_axis_controls, solve_axes, solve_bracket
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import Rounding, scale_architecture

B0 = reference("efficientnet-b0")
FLOPS = estimate_cost(B0).flops


@pytest.mark.parametrize("target", [0.5, 1.5, 2.0, 2.57, 4.7])
@pytest.mark.parametrize("rounding", [Rounding(), Rounding(depth="nearest", resolution_multiple=4)])
@pytest.mark.parametrize("axis", ["depth", "width", "resolution"])
def test_no_multiplier_comes_nearer_to_the_target(target: float, rounding: Rounding, axis: str) -> None:
    control = solve_axes(B0, target, rounding)[axis]
    tried = (0.25 + 0.01 * step for step in range(500))
    scaled = (scale_architecture(B0, **{axis: value}, rounding=rounding) for value in tried)  # type: ignore[arg-type]
    nearest = min(abs(estimate_cost(one).flops / FLOPS - target) for one in scaled)
    assert abs(control.measured_ratio() - target) <= nearest + 1e-12


def test_controls_move_one_axis_each() -> None:
    controls = single_axis_controls(B0, 2.0)
    assert set(controls) == {"depth", "width", "resolution"}
    assert controls["depth"].block_count > 16
    assert (controls["depth"].resolution, controls["depth"].stem) == (224, B0.stem)
    assert (controls["width"].resolution, controls["width"].block_count) == (224, 16)
    assert controls["resolution"].stages == B0.stages
    assert [one.method for one in solve_axes(B0, 2.0).values()] == ["depth alone", "width alone", "resolution alone"]
    assert [control.name for control in controls.values()] == [f"efficientnet-b0-{axis}" for axis in controls]


def test_multipliers_are_short() -> None:
    assert solve_axes(B0, 2.0)["depth"].multipliers.depth == 1.8


def test_a_cost_below_what_depth_alone_reaches_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"a cost that this baseline reaches; it came to 1\.732e\+08"):
        single_axis_controls(B0, 0.125)


def test_a_bracket_holds_the_step() -> None:
    low, high = solve_bracket(lambda value: 1.0 if value < 2.75 else 3.0, 2.0)
    assert low < 2.75 <= high
    assert high - low < 1e-6


def test_a_bracket_ends_where_no_architecture_is_left() -> None:
    def cost(value: float) -> float:
        if value > 3:
            raise InvalidInput("depth", value, "less")
        return 1 + value

    assert solve_bracket(cost, 3.5)[1] == pytest.approx(2.5)
    with pytest.raises(InvalidInput, match="target: got 9, accepted: a cost that this baseline reaches; it came to 4"):
        solve_bracket(cost, 9)

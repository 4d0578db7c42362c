from __future__ import annotations

import pytest

from grid_search.family.table import family_table
from grid_search.report import charts
from grid_search.report.scaling import Scaling
from grid_search.search.verdict import advantages


def test_every_set_of_coefficients_is_a_point(published: Scaling) -> None:
    frame = published.result.ground.frame
    feasible, evaluated, best = charts.surface_chart(published, published.result.ground)["data"]
    assert len(feasible["x"]) + len(evaluated["x"]) == len(frame)
    assert len(evaluated["x"]) == 8
    assert best["customdata"][0][:3] == [1.0, 1.05, 1.35]


def test_costs_stand_on_and_off_the_target(published: Scaling) -> None:
    drawn = charts.costs_chart(published, published.result.ground)
    _, off, on, _ = drawn["data"]
    band = drawn["layout"]["shapes"][0]
    assert all(band["y0"] <= ratio <= band["y1"] for ratio in on["y"])
    assert not any(band["y0"] <= ratio <= band["y1"] for ratio in off["y"])
    assert len(on["x"]) + len(off["x"]) == len(published.result.ground.frame)


def test_intervals_are_those_of_the_verdict(published: Scaling) -> None:
    decision = published.result.decision
    assert decision is not None
    (marks,) = charts.advantages_chart(decision)["data"]
    for one in advantages(decision):
        place = marks["y"].index(one.rival)
        assert one.interval is not None
        assert marks["x"][place] == pytest.approx(one.points)
        assert marks["x"][place] - marks["error_x"]["arrayminus"][place] == pytest.approx(one.interval[0])
        assert marks["x"][place] + marks["error_x"]["array"][place] == pytest.approx(one.interval[1])


def test_the_family_stands_beside_b0_to_b7(published: Scaling) -> None:
    family, others = charts.family_chart(family_table(published.result.folder / "configs"))["data"]
    assert len(others["x"]) == 8
    assert others["x"][0] == pytest.approx(385.814752)
    assert len(family["x"]) == 8

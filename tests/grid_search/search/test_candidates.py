from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from grid_search.compound_scaling import PAPER_COEFFICIENTS, Coefficients, Multipliers
from grid_search.config import ScaleConfig
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.grid.solve import solve_axes
from grid_search.search.candidates import as_coefficients, multi_axis, plan_controls, planned, spread, spread_first
from search_spaces.reference import reference
from search_spaces.task import Task

ONE = Coefficients(alpha=1.2, beta=1.0, gamma=1.25)


@pytest.fixture(scope="module")
def grid() -> Grid:
    return enumerate_grid(reference("efficientnet-b0"))


def test_a_trial_is_named_by_role_coefficients_seed_and_epochs() -> None:
    full, short = planned("compound", ONE, 2), planned("compound", ONE, 0, 5)
    assert (full.name, short.name) == ("compound 1.2/1/1.25 #2", "compound 1.2/1/1.25 #0 5 epochs")
    assert full.parameters == {"alpha": 1.2, "beta": 1.0, "gamma": 1.25}
    assert full.labels == {"role": "compound", "repeat": 2}
    assert short.labels == {"role": "compound", "repeat": 0, "epochs": 5}


def test_baseline_controls_and_the_papers_choice_are_planned(grid: Grid) -> None:
    roles = [entry.labels["role"] for entry in plan_controls(grid, [ONE])]
    assert roles == ["baseline", "depth only", "width only", "resolution only", "paper"]
    assert [entry.labels["role"] for entry in plan_controls(grid, [ONE, PAPER_COEFFICIENTS])] == roles[:-1]


@pytest.mark.parametrize(("num_classes", "depth", "resolution"), [(10, 1.7, 1.379), (1000, 1.8, 1.38)])
def test_controls_are_solved_with_the_classifier_of_the_grid(num_classes: int, depth: float, resolution: float) -> None:
    baseline = reference("efficientnet-b0")
    plan = plan_controls(enumerate_grid(baseline, task=Task(num_classes=num_classes)), [])
    controls = {entry.labels["role"]: entry.parameters for entry in plan}
    assert controls["depth only"] == {"alpha": depth, "beta": 1.0, "gamma": 1.0}
    assert controls["resolution only"] == {"alpha": 1.0, "beta": 1.0, "gamma": resolution}
    solved = solve_axes(baseline, 2.0, task=Task(num_classes=num_classes))
    assert controls["width only"]["beta"] == solved["width"].multipliers.width


def test_multipliers_are_the_coefficients_of_phi_1() -> None:
    multipliers = Multipliers(depth=1.3, width=1.1, resolution=1.2)
    assert as_coefficients(multipliers).power(1) == multipliers


def test_candidates_begin_at_the_papers_choice_and_lie_apart(grid: Grid) -> None:
    labels = spread(grid, 5)
    assert len(set(labels)) == 5
    assert grid.coefficients(labels[0]) == PAPER_COEFFICIENTS
    assert spread(grid, 3) == labels[:3]
    assert spread(grid, 5) == labels


def test_each_candidate_is_the_farthest_from_those_before(grid: Grid) -> None:
    rows = multi_axis(grid)
    points = np.log(rows[["alpha", "beta", "gamma"]].to_numpy()) * [1, 2, 2]  # steps that cost equally much
    chosen = [rows.index.get_loc(label) for label in spread(grid, 6)]
    for count in range(1, 6):
        distances = cdist(points, points[chosen[:count]]).min(axis=1)
        assert distances[chosen[count]] == pytest.approx(distances.max())


def test_no_more_candidates_than_networks_that_scale_two_axes(grid: Grid) -> None:
    labels = spread(grid, 100_000)
    assert sorted(labels) == sorted(multi_axis(grid).index)
    scaled = [(one.alpha != 1) + (one.beta != 1) + (one.gamma != 1) for one in map(grid.coefficients, labels)]
    assert min(scaled) == 2


def test_a_dozen_is_spread_and_with_rungs_all_are() -> None:
    assert [spread_first(ScaleConfig(candidates=count)) for count in (3, 12, 20)] == [3, 12, 12]
    assert spread_first(ScaleConfig(candidates=20, rungs=(1,))) == 20

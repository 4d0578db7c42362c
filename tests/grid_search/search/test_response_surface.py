from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grid_search.compound_scaling import COEFFICIENTS
from grid_search.grid.config import GridConfig
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.search.candidates import multi_axis
from grid_search.search.response_surface import expected_improvement, fit_surface, next_candidate
from search_spaces.reference import reference
from search_spaces.scaling import Rounding


@pytest.fixture(scope="module")
def grid() -> Grid:
    return enumerate_grid(reference("efficientnet-b0"), GridConfig(constraint="measured"))


def truth(rows: pd.DataFrame) -> np.ndarray:
    """A known surface with its top at alpha 1.2, beta 1.1, gamma 1.1."""
    distance = np.log(rows[list(COEFFICIENTS)].to_numpy(dtype=float)) - np.log([1.2, 1.1, 1.1])
    return np.asarray(0.8 - 0.3 * (distance**2).sum(axis=1))


def trained(grid: Grid, count: int, noise: float = 0.0) -> pd.DataFrame:
    rows = multi_axis(grid).iloc[np.linspace(0, len(multi_axis(grid)) - 1, count).astype(int)]
    scatter = noise * np.random.default_rng(0).normal(size=len(rows))
    return rows.assign(accuracy=truth(rows) + scatter).reset_index(drop=True)


def test_a_quadratic_truth_is_found(grid: Grid) -> None:
    surface = fit_surface(trained(grid, 14), grid)
    assert surface is not None
    best_possible = truth(multi_axis(grid)).max()
    chosen = pd.DataFrame([{name: getattr(surface.best, name) for name in COEFFICIENTS}])
    assert truth(chosen)[0] == pytest.approx(best_possible, abs=0.002)
    assert surface.error < surface.spread / 3


def test_pure_noise_is_told_by_the_left_out_error(grid: Grid) -> None:
    noise = trained(grid, 14)
    noise["accuracy"] = np.random.default_rng(1).normal(0.8, 0.01, len(noise))
    surface = fit_surface(noise, grid)
    assert surface is not None
    assert surface.error > 0.8 * surface.spread


def test_the_next_candidate_is_untrained_and_better_than_most(grid: Grid) -> None:
    networks = trained(grid, 8, noise=0.001)
    following = next_candidate(networks, grid)
    assert following is not None
    values = tuple(getattr(following, name) for name in COEFFICIENTS)
    assert values not in set(map(tuple, networks[list(COEFFICIENTS)].to_numpy().tolist()))


def test_improvement_is_expected_near_the_top_of_the_truth() -> None:
    fine = enumerate_grid(
        reference("efficientnet-b0"), GridConfig(constraint="measured", rounding=Rounding(depth="nearest"))
    )
    networks = trained(fine, 12, noise=0.0005)
    following = next_candidate(networks, fine)
    assert following is not None
    values = pd.DataFrame([{name: getattr(following, name) for name in COEFFICIENTS}])
    assert truth(values)[0] > np.quantile(truth(multi_axis(fine)), 0.75)


def test_improvement_by_hand() -> None:
    # scipy.stats.norm: E[max(0, X - 1)] of X ~ N(0, 1) is pdf(1) - 1 * (1 - cdf(1))
    assert expected_improvement(np.array([0.0]), np.array([1.0]), 1.0)[0] == pytest.approx(0.0833, abs=1e-4)
    assert expected_improvement(np.array([3.0]), np.array([0.0]), 1.0)[0] == pytest.approx(2.0)


def test_few_networks_give_no_opinion(grid: Grid) -> None:
    assert fit_surface(trained(grid, 5), grid) is None
    assert next_candidate(trained(grid, 5), grid) is None


def test_equal_accuracies_are_no_crash(grid: Grid) -> None:
    assert fit_surface(trained(grid, 8).assign(accuracy=0.5), grid) is not None

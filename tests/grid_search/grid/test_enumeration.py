from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import chain, product

import numpy as np
import pytest

from grid_search.compound_scaling import Coefficients
from grid_search.grid.config import GridConfig, Range
from grid_search.grid.enumeration import Grid, enumerate_grid
from search_spaces import Architecture, InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import Rounding, scale_architecture

B0 = reference("efficientnet-b0")
NEAREST = Rounding(depth="nearest")


@pytest.fixture(scope="module")
def published() -> Grid:
    """Step 0.05, tolerance 0.1, official rounding."""
    return enumerate_grid(B0)


def label_of(grid: Grid, *coefficients: float) -> int:
    frame = grid.frame
    columns = (frame["alpha"], frame["beta"], frame["gamma"])
    met = [np.isclose(column, value) for column, value in zip(columns, coefficients, strict=True)]
    return int(frame.index[np.logical_and.reduce(met)][0])


def by_hand(constraint: str, rounding: Rounding, target: float = 2.0, tolerance: float = 0.1) -> dict[str, list[float]]:
    """Enumerate B0's grid one network at a time: measured ratios by canonical key."""
    found: dict[str, list[float]] = {}
    axes = ([round(1 + 0.05 * index, 2) for index in range(count)] for count in (21, 11, 11))
    for alpha, beta, gamma in product(*axes):
        scaled = scale_architecture(B0, depth=alpha, width=beta, resolution=gamma, rounding=rounding)
        ratio = estimate_cost(scaled).flops / estimate_cost(B0).flops
        of_constraint = alpha * beta**2 * gamma**2 if constraint == "nominal" else ratio
        if abs(of_constraint - target) < tolerance - 1e-9:
            found.setdefault(scaled.key, []).append(ratio)
    return found


def test_the_published_grid(published: Grid) -> None:
    assert published.points == 21 * 11 * 11
    assert len(published.frame) == 108
    assert len(published.distinct) == 65
    assert published.frame["network"].nunique() == 65
    assert round(published.frame["ratio"].min(), 2) == 1.93
    assert round(published.frame["ratio"].max(), 2) == 3.33
    assert ((published.distinct["ratio"] - 2).abs() <= 0.1).sum() == 4


def test_the_papers_answer_is_among_them_and_speaks_for_its_network(published: Grid) -> None:
    label = label_of(published, 1.2, 1.1, 1.15)
    row = published.frame.loc[label]
    assert (row["resolution"], row["blocks"], round(row["ratio"], 2)) == (257, 23, 2.57)
    assert row["chosen"]
    assert published.coefficients(label) == Coefficients(alpha=1.2, beta=1.1, gamma=1.15)
    assert estimate_cost(published.architecture(label)).flops == row["flops"]


def test_every_row_is_the_network_its_coefficients_make(published: Grid) -> None:
    for label in published.frame.index:
        row, cost = published.frame.loc[label], estimate_cost(published.architecture(label))
        assert (row["flops"], row["params"], row["activations"]) == (cost.flops, cost.params, cost.activations)


def test_a_tighter_tolerance_loses_the_papers_answer() -> None:
    grid = enumerate_grid(B0, GridConfig(tolerance=0.05))
    with pytest.raises(IndexError):
        label_of(grid, 1.2, 1.1, 1.15)


@pytest.mark.parametrize("constraint", ["nominal", "measured"])
@pytest.mark.parametrize("rounding", [Rounding(), NEAREST, Rounding(resolution_multiple=32)])
def test_the_array_agrees_with_enumerating_by_hand(constraint: str, rounding: Rounding) -> None:
    grid = enumerate_grid(B0, GridConfig(constraint=constraint, rounding=rounding))  # type: ignore[arg-type]
    expected = by_hand(constraint, rounding)
    assert len(grid.frame) == sum(map(len, expected.values()))
    assert {grid.architecture(label).key for label in grid.distinct.index} == set(expected)
    assert sorted(grid.frame["ratio"]) == pytest.approx(sorted(chain.from_iterable(expected.values())))


def test_both_constraints_leave_what_each_leaves() -> None:
    nominal, measured, both = (
        {tuple(row) for row in enumerate_grid(B0, GridConfig(constraint=one)).frame[["alpha", "beta", "gamma"]].values}
        for one in ("nominal", "measured", "both")  # type: ignore[arg-type]
    )
    assert both == nominal & measured
    assert len(both) == 5


def test_another_target_and_a_shrinking_one() -> None:
    four = enumerate_grid(B0, GridConfig(target=4, tolerance=0.2, constraint="measured"))
    half = enumerate_grid(B0, GridConfig(target=0.5, tolerance=0.05, constraint="both", rounding=NEAREST))
    assert four.frame["ratio"].between(3.8, 4.2).all()
    assert half.frame["ratio"].between(0.45, 0.55).all()
    assert half.frame[["alpha", "beta", "gamma"]].max().max() == 1


def test_simplest_coefficients_have_the_fewest_decimals(published: Grid) -> None:
    for _, rows in published.frame.groupby("network"):
        lengths = [sum(len(f"{row[name]:g}") for name in ("alpha", "beta", "gamma")) for _, row in rows.iterrows()]
        assert lengths[rows["chosen"].to_numpy().nonzero()[0][0]] == min(lengths)
        assert rows["chosen"].sum() == 1


def test_solving_gives_one_gamma_for_each_pair() -> None:
    grid = enumerate_grid(B0, GridConfig(method="solve", tolerance=0.05, rounding=NEAREST))
    assert not grid.frame[["alpha", "beta"]].duplicated().any()
    assert len(grid.frame) > 10
    assert ((grid.frame["ratio"] - 2).abs() < 0.05).all()
    fixed = GridConfig(method="solve", alpha=Range(low=1.2, high=1.2), beta=Range(low=1.1, high=1.1), tolerance=0.05)
    solved = enumerate_grid(B0, fixed).distinct
    assert len(solved) == 1
    nearest = min(
        abs(estimate_cost(scale_architecture(B0, depth=1.2, width=1.1, resolution=side / 224)).flops / 385_814_752 - 2)
        for side in range(200, 337)
    )
    assert abs(solved["ratio"].iloc[0] - 2) == pytest.approx(nearest)


def test_activations_as_cost() -> None:
    grid = enumerate_grid(B0, GridConfig(cost="activations", constraint="measured"))
    assert ((grid.frame["activations"] / 6_748_036 - 2).abs() < 0.1).all()
    assert (grid.frame["cost"] == grid.frame["activations"]).all()


def blocks_as_cost(architecture: Architecture) -> float:
    return float(architecture.block_count)


def test_a_users_callable_as_cost() -> None:
    grid = enumerate_grid(B0, GridConfig(cost=f"{__name__}:blocks_as_cost", constraint="both", tolerance=0.2))
    assert set(grid.frame["blocks"]) <= {29, 30, 31, 32, 33, 34, 35}
    assert (grid.frame["ratio"] == grid.frame["blocks"] / 16).all()


def test_a_rectangular_baseline() -> None:
    grid = enumerate_grid(replace(B0, resolution=(224, 160)))
    assert "257x184" in set(grid.frame["resolution"])


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (GridConfig(tolerance=0.0001, constraint="measured"), "tolerance: got 0.0001, accepted: one that leaves"),
        (
            GridConfig(target=9, alpha=Range(high=1.5), beta=Range(high=1.5), gamma=Range(high=1.5)),
            "tolerance: got 0.1",
        ),
        (GridConfig(alpha=Range(step=1e-4), beta=Range(step=1e-4)), "grid: got "),
        (GridConfig(cost="watts"), "cost: got 'watts'"),
        (GridConfig(cost="no.such.module:cost"), "cost: got 'no.such.module:cost'"),
        (GridConfig(cost=f"{__name__}:NEAREST"), f"cost: got '{__name__}:NEAREST'"),
    ],
)
def test_what_cannot_be_searched_is_one_line(config: GridConfig, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        enumerate_grid(B0, config)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_baseline_smaller_than_its_stride_is_refused() -> None:
    with pytest.raises(InvalidInput, match="resolution: got 28, accepted: at least 32 px"):
        enumerate_grid(replace(B0, resolution=28))


def test_a_grid_needs_no_torch() -> None:
    script = (
        "import sys; from search_spaces.reference import reference; "
        "from grid_search.grid.enumeration import enumerate_grid; "
        "import grid_search.family.members, grid_search.family.emit, grid_search.family.table; "
        "import grid_search.grid.solve, grid_search.grid.plots; "
        "enumerate_grid(reference('mobilenet-v2')); "
        "print(sorted({'torch', 'ray', 'fvcore', 'optuna', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("step", [1e-9, 1e-300, 5e-324, 0.002])
def test_a_grid_too_fine_to_hold_is_counted_before_it_is_listed(step: float) -> None:
    ranges = dict.fromkeys(("alpha", "beta", "gamma"), Range(step=step))
    with pytest.raises(InvalidInput, match=r"^grid: got '\d+ x \d+ x \d+ combinations', accepted: at most 20000000"):
        enumerate_grid(reference("efficientnet-b0"), GridConfig(**ranges))
    one = dict.fromkeys(("beta", "gamma"), Range(low=1.0, high=1.0))
    if step < 1e-6:
        with pytest.raises(InvalidInput, match=r"1000000 values of one coefficient"):
            enumerate_grid(reference("efficientnet-b0"), GridConfig(alpha=Range(step=step), **one))


def test_more_candidates_than_a_table_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grid_search.grid.enumeration.MOST_CANDIDATES", 10)
    with pytest.raises(InvalidInput, match=r"^tolerance: got 1\.9, accepted: one that leaves at most 10 candidates"):
        enumerate_grid(reference("efficientnet-b0"), GridConfig(tolerance=1.9))

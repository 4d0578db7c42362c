from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from grid_search.compound_scaling import Coefficients
from grid_search.config import ScaleConfig
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.search.decision import decide
from grid_search.search.response_surface import SurfaceFit
from grid_search.search.results import ScaleResult, candidate_table, coefficients_mapping, collect
from grid_search.search.run import DISTRIBUTIONS
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import EFFICIENTNET_ROUNDING
from search_spaces.task import Task
from tests.grid_search.search.test_decision import trials
from trials.study.attributes import METRICS, NETWORK

B0 = reference("efficientnet-b0")


@pytest.fixture(scope="module")
def grid() -> Grid:
    return enumerate_grid(B0, task=Task(num_classes=10))


def study_of(*accuracies: float) -> optuna.Study:
    """Return a study of one compound candidate for each accuracy, each at 1.5 times the cost of the baseline."""
    study = optuna.create_study(direction="maximize")
    flops = estimate_cost(B0, 10).flops * 3 // 2
    for number, accuracy in enumerate(accuracies):
        study.add_trial(
            create_trial(
                state=TrialState.COMPLETE,
                value=accuracy,
                params={"alpha": 1.0 + number / 10, "beta": 1.1, "gamma": 1.2},
                distributions=dict(DISTRIBUTIONS),
                user_attrs={
                    "role": "compound",
                    "repeat": 0,
                    NETWORK: {"flops": flops, "params": 1, "key": str(number)},
                    METRICS: {"val_accuracy": accuracy},
                },
            )
        )
    return study


def result_of(grid: Grid, surface: SurfaceFit | None = None, **accuracies: list[float]) -> ScaleResult:
    table = trials(**accuracies)
    return ScaleResult(
        trials=table, ground=grid, config=ScaleConfig(), decision=decide(table), surface=surface, folder=Path("r")
    )


def test_the_cost_of_a_trial_is_told_in_baselines_with_the_grids_classifier(grid: Grid) -> None:
    table = candidate_table(study_of(0.5, 0.6), grid)
    assert table["ratio"].tolist() == pytest.approx([1.5, 1.5])
    assert list(table.columns[:4]) == ["number", "role", "repeat", "epochs"]
    assert table["epochs"].isna().all()


def test_a_finished_study_is_decided_and_has_a_surface_from_six_networks_on(grid: Grid) -> None:
    accuracies = (0.5, 0.7, 0.6, 0.55, 0.45, 0.4)
    few, enough = (collect(study_of(*accuracies[:count]), grid, ScaleConfig(), Path("r"), 0) for count in (5, 6))
    assert few.coefficients == enough.coefficients == Coefficients(alpha=1.1, beta=1.1, gamma=1.2)
    assert few.surface is None
    assert enough.surface is not None


def test_coefficients_yaml_holds_the_winner_and_every_network(grid: Grid) -> None:
    surface = SurfaceFit(best=Coefficients(alpha=1.3, beta=1.2, gamma=1.1), accuracy=0.8, error=0.01234567, spread=0.1)
    mapping = coefficients_mapping(result_of(grid, surface, compound_1=[0.8, 0.81], depth_only_1=[0.6, 0.61]), "try")
    networks = mapping.pop("networks")
    statement, bought = mapping.pop("statement"), mapping.pop("bought")
    assert "+20.00" in bought
    assert mapping == {
        "experiment": "try",
        "baseline": "efficientnet-b0",
        "alpha": 1.0,
        "beta": 1.1,
        "gamma": 1.1,
        "nominal_product": 1.4641,
        "measured_ratio": 2.0,
        "val_accuracy": 0.805,
        "seeds": 2,
        "noise_sd": 0.007071,
        "rounding": asdict(EFFICIENTNET_ROUNDING),
        "response_surface": {
            "alpha": 1.3,
            "beta": 1.2,
            "gamma": 1.1,
            "val_accuracy": 0.8,
            "leave_one_out_error": 0.012346,
            "spread_of_accuracies": 0.1,
        },
    }
    assert "Against depth only (2.00x): +20.00 points" in statement
    assert [(one["role"], one["val_accuracy"], one["tied_with_best"]) for one in networks] == [
        ("compound", 0.805, True),
        ("depth only", 0.605, False),
    ]


def test_without_a_decision_there_are_no_coefficients(grid: Grid) -> None:
    result = result_of(grid, baseline_1=[0.5])
    assert result.coefficients is None
    with pytest.raises(ValueError, match="nothing was decided"):
        coefficients_mapping(result, "try")

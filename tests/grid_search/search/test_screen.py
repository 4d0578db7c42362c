from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grid_search.compound_scaling import PAPER_COEFFICIENTS
from grid_search.config import ScaleConfig
from grid_search.grid.enumeration import enumerate_grid
from grid_search.search.decision import decide
from grid_search.search.response_surface import SurfaceFit
from grid_search.search.results import ScaleResult
from grid_search.search.screen import print_scale_search
from search_spaces.reference import reference
from tests.grid_search.search.test_decision import trials

SURFACE = SurfaceFit(best=PAPER_COEFFICIENTS, accuracy=0.81, error=0.0123, spread=0.04567)


def lines_of(
    surface: SurfaceFit | None = None, folder: str = "results/try/scale", **accuracies: list[float]
) -> list[str]:
    """Return what is shown of a search with these trials."""
    table = trials(**accuracies)
    result = ScaleResult(
        trials=table,
        ground=enumerate_grid(reference("efficientnet-b0")),
        config=ScaleConfig(),
        decision=decide(table),
        surface=surface,
        folder=Path(folder),
    )
    text = StringIO()
    print_scale_search(Console(file=text, width=100), result)
    return text.getvalue().splitlines()


def rows_of(lines: list[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]


def test_networks_stand_by_accuracy_with_the_best_and_what_is_tied() -> None:
    shown = lines_of(compound_1=[0.80, 0.81], depth_only_1=[0.60, 0.61], width_only_1=[0.80, 0.805])
    assert rows_of(shown) == [
        ["compound", "1", "1.1", "1.1", "2.00x", "0.8050", "2", "best"],
        ["width only", "1.2", "1.1", "1.1", "2.00x", "0.8025", "2", "tied"],
        ["depth only", "1.1", "1.1", "1.1", "2.00x", "0.6050", "2", ""],
    ]


def test_the_winner_is_told_with_its_cost_and_each_sentence_is_a_line() -> None:
    shown = lines_of(compound_1=[0.80, 0.81], depth_only_1=[0.60, 0.61])
    assert "found:  alpha 1, beta 1.1, gamma 1.1  (nominal product 1.464, measured 2.000x the baseline)" in shown
    assert [line for line in shown if line.startswith("noise:")] == [
        "noise:  Seeds differ by 0.71 points (sd).",
        "noise:  1 of 1 compound candidates are within the noise of the best at 95% confidence.",
        "noise:  Against depth only (2.00x): +20.00 points, more than noise.",
    ]
    assert shown[-1] == "next:   scale emit --from results/try/scale --flops 0.5x,2x,4x --out results/try/scale/family"


def test_what_was_bought_is_the_first_line() -> None:
    shown = lines_of(compound_1=[0.80, 0.81], baseline_1=[0.80, 0.82])
    assert shown[0].startswith("bought: nothing that this training can show")
    assert any(line.startswith("picked: alpha") for line in shown)
    assert not any(line.startswith("found") for line in shown)


def test_a_folder_in_brackets_is_printed_as_it_is() -> None:
    assert "results/[b]/scale" in lines_of(folder="results/[b]/scale", compound_1=[0.8])[-1]


def test_with_one_seed_nothing_is_called_tied() -> None:
    assert [row[-1] for row in rows_of(lines_of(compound_1=[0.9], compound_2=[0.1]))] == ["best", ""]


@pytest.mark.parametrize(("surface", "told"), [(SURFACE, 1), (None, 0)])
def test_a_response_surface_is_told_where_there_is_one(surface: SurfaceFit | None, told: int) -> None:
    lines = [line for line in lines_of(surface, compound_1=[0.9]) if "response surface" in line]
    assert len(lines) == told
    for line in lines:
        assert "alpha 1.2, beta 1.1, gamma 1.15; left out one by one it is 1.23 points off" in line
        assert line.endswith("spread by 4.57")


def test_without_a_candidate_the_place_of_the_reasons_is_told() -> None:
    shown = " ".join(lines_of(baseline_1=[0.5]))
    assert shown == "No candidate could be evaluated; the reasons are in results/try/scale/trials.csv"

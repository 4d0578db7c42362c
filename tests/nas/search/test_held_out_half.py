from __future__ import annotations

from pathlib import Path

import pytest

import nas.search.held_out_half
from nas.config import NasExperiment
from nas.search.held_out_half import networks_of, print_second_opinion, scoring_accuracies
from search_spaces import Architecture, InvalidInput
from search_spaces.reference import reference
from tests.nas.screens import printed, row_of
from tests.nas.search.ends import ended_search
from trials.experiment import ObjectiveConfig
from trials.objectives.benchmark.objective import ask_benchmark


def benchmark(path: object, **settings: str) -> NasExperiment:
    return NasExperiment(objective=ObjectiveConfig(benchmark="accel-nasbench", path=str(path), **settings))


def test_the_scoring_half_is_asked_and_not_the_searched_one(sixty_rows: Path) -> None:
    experiment, b0 = benchmark(sixty_rows), reference("efficientnet-b0")
    found = scoring_accuracies(experiment, {"found": b0})
    score, search = (
        ask_benchmark(experiment.objective, half, 0)(b0, 0)["val_accuracy"] for half in ("score", "search")
    )
    assert found == {"found": score}
    assert score != search


@pytest.mark.parametrize("experiment", [NasExperiment(), benchmark("rows.tar.gz", mode="table")])
def test_only_a_surrogate_has_two_halves(experiment: NasExperiment) -> None:
    with pytest.raises(InvalidInput, match="two halves"):
        scoring_accuracies(experiment, {})


def test_networks_that_could_not_be_evaluated_are_left_out(tmp_path: Path) -> None:
    assert list(networks_of(ended_search(tmp_path))) == ["found", "efficientnet-b0"]
    assert list(networks_of(ended_search(tmp_path, best=None, best_row=None))) == ["efficientnet-b0"]


def test_both_accuracies_stand_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_config: ObjectiveConfig, half: str, run_seed: int) -> object:
        assert (half, run_seed) == ("score", 0)

        def score(network: Architecture, _seed: int) -> dict[str, float]:
            return {"val_accuracy": 0.75 if network.key == reference("mnasnet-a1").key else 0.6}

        return score

    monkeypatch.setattr(nas.search.held_out_half, "ask_benchmark", ask)
    result = ended_search(tmp_path)
    text = printed(lambda console: print_second_opinion(console, result, benchmark("rows.tar.gz")))
    scores, stages = text.split("found | efficientnet-b0")
    assert row_of(scores, "found") == ["311.6M", "0.7123", "0.7500"]
    assert row_of(scores, "efficientnet-b0") == ["385.8M", "0.6250", "0.6000"]
    assert row_of(stages, "total")

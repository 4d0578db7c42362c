from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.search.results import SearchResult
from nas.search.run import run_search
from trials.experiment import ObjectiveConfig


def search(folder: Path, *, again: bool = False, trials: int = 3) -> SearchResult:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.objectives:mended_later"),
        nas=NasConfig(sampler="random", trials=trials, references=("mobilenet-v2", "mnasnet-a1")),
    )
    return run_search(experiment, folder, console=Console(quiet=True), command="test", again=again)


def test_failed_candidates_are_evaluated_again_outside_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKEN", "yes")
    failed = search(tmp_path)
    assert list(failed.candidates["state"]) == ["fail"] * 3
    monkeypatch.delenv("BROKEN")
    assert len(search(tmp_path).candidates) == 3  # nothing is retried unasked
    retried = search(tmp_path, again=True)
    assert list(retried.candidates["state"]) == ["fail"] * 3 + ["complete"] * 3
    assert list(retried.candidates["key"][3:]) == list(failed.candidates["key"])
    assert list(retried.references["state"]) == ["fail"] * 2 + ["complete"] * 2
    assert list(retried.references["name"]) == ["mobilenet-v2", "mnasnet-a1"] * 2
    again = search(tmp_path, again=True)  # there is nothing left to retry
    assert (len(again.candidates), len(again.references)) == (6, 4)


def test_a_search_that_stopped_at_its_first_candidates_goes_on_with_all_of_its_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKEN", "yes")
    halted = search(tmp_path, trials=8)
    assert halted.halted is not None
    assert len(halted.candidates) == 3
    monkeypatch.delenv("BROKEN")
    whole = search(tmp_path, trials=8, again=True)
    assert whole.halted is None
    assert whole.count("complete") == 8

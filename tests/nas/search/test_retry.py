from __future__ import annotations

from pathlib import Path

from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.search.results import SearchResult
from nas.search.run import run_search
from search_spaces import Architecture
from tests.objectives import by_size
from trials.experiment import ObjectiveConfig

broken = True


def mended_later(architecture: Architecture, seed: int) -> dict[str, float]:
    """Fail while something outside is broken."""
    if broken:
        raise RuntimeError("no room on the disk")
    return by_size(architecture, seed)


def search(folder: Path, *, again: bool = False) -> SearchResult:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.nas.search.test_retry:mended_later"),
        nas=NasConfig(sampler="random", trials=4, references=()),
    )
    return run_search(experiment, folder, console=Console(quiet=True), command="test", again=again)


def test_failed_candidates_are_evaluated_again_outside_the_budget(tmp_path: Path) -> None:
    globals()["broken"] = True
    failed = search(tmp_path).candidates
    assert list(failed["state"]) == ["fail"] * 4
    globals()["broken"] = False
    assert len(search(tmp_path).candidates) == 4  # nothing is retried unasked
    retried = search(tmp_path, again=True).candidates
    assert list(retried["state"]) == ["fail"] * 4 + ["complete"] * 4
    assert list(retried["key"][4:]) == list(failed["key"])
    assert len(search(tmp_path, again=True).candidates) == 8  # there is nothing left to retry

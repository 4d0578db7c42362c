"""The last word of a search: its best networks trained alone, whatever judged candidates; the same after a kill."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from rich.console import Console

from nas.config import NasExperiment, load_nas_experiment
from nas.finalists import run as module
from nas.search.results import SearchResult
from nas.search.run import run_search
from nas.search.screen import print_search
from search_spaces import InvalidInput, load_architecture
from search_spaces.files import read_yaml
from tests.nas.screens import printed, row_of
from trials.objectives.train import Training
from trials.study.candidate import Candidate, Metrics, Report

ENTRY: dict[str, Any] = {
    "objective": {"name": "zero-cost", "score": "synflow"},
    "data": {"name": "digits", "train_images": 128, "validation_images": 50},
    "resolution": 16,
    "proxy": {"width": 0.125, "depth": 0.4, "resolution": 0.5, "drop_strides": 3},
    "training": {"epochs": 1, "batch_size": 64, "recalibrate_batches": 1},
    "compute": {"device": "cpu", "threads": 1},
    "nas": {"sampler": "random", "trials": 6, "references": [], "finalists": 3},
}
SHARED = {"name": "shared", "training": {"epochs": 1, "batch_size": 64, "learning_rate": 0.05}}
FILES = ("finalists.csv", "best.yaml", "trials.csv")


def experiment(folder: Path, *overrides: str, **changes: Any) -> NasExperiment:
    (folder / "experiments.yaml").write_text(yaml.safe_dump({"try": ENTRY | changes}))
    return load_nas_experiment("try", folder / "experiments.yaml", overrides)


def search(folder: Path, *overrides: str, **changes: Any) -> SearchResult:
    settings = experiment(folder, *overrides, **changes)
    return run_search(settings, folder, console=Console(quiet=True), command="test")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> SearchResult:
    return search(tmp_path_factory.mktemp("searched"))


def untimed(path: Path) -> object:
    if path.suffix == ".yaml":
        return path.read_text()
    table = pd.read_csv(path)
    return table.drop(columns=[name for name in table if name.endswith("_seconds")]).to_csv()


def test_the_best_of_the_search_are_trained_over_seeds(searched: SearchResult) -> None:
    trainings = pd.read_csv(searched.folder / "finalists.csv")
    best = searched.candidates.nlargest(3, "value")["number"]
    assert sorted(trainings["trial"].unique()) == sorted(best)
    assert set(trainings["place"]) == {1, 2, 3}
    assert set(trainings.groupby("trial")["repeat"].count()) <= {2, 3}
    assert trainings["seed"].is_unique
    assert (trainings["state"] == "complete").all()


def test_theirs_is_the_last_word(searched: SearchResult) -> None:
    assert searched.ranking is not None
    first = searched.ranking.order[0]
    assert load_architecture(searched.folder / "best.yaml").key == first.architecture.key
    provenance = read_yaml(searched.folder / "best.yaml")["provenance"]
    record = json.loads((searched.folder / "run.json").read_text())["results"]
    assert provenance["trial"] == record["best"]["number"] == first.trial
    assert provenance["finalist"] == record["finalists"][0]
    trainings = pd.read_csv(searched.folder / "finalists.csv")
    mean = trainings.loc[trainings["place"] == 1, "val_accuracy"].mean()
    assert provenance["finalist"]["val_accuracy"] == pytest.approx(mean)


def test_the_screen_says_what_decided(searched: SearchResult, tmp_path: Path) -> None:
    assert searched.ranking is not None
    text = printed(lambda console: print_search(console, searched, experiment(tmp_path)))
    first = searched.ranking.order[0]
    assert f"trust:  trial {first.trial} is first of 3 finalists: " in text
    assert row_of(text, f"found (trial {first.trial})")
    assert "finalists, each trained alone from scratch" in text


def test_again_nothing_is_trained(searched: SearchResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Training, "__call__", None)
    before = [untimed(searched.folder / name) for name in FILES]
    search(searched.folder.parents[1])
    assert [untimed(searched.folder / name) for name in FILES] == before


def test_killed_and_resumed_equals_undisturbed(
    searched: SearchResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, calls = Training.__call__, []

    def killed(self: Training, candidate: Candidate, report: Report) -> Metrics:
        calls.append(candidate.number)
        if len(calls) in (2, 6):
            raise KeyboardInterrupt
        return train(self, candidate, report)

    monkeypatch.setattr(Training, "__call__", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            search(tmp_path)
    search(tmp_path)
    folder = tmp_path / "try" / "nas"
    assert [untimed(folder / name) for name in FILES] == [untimed(searched.folder / name) for name in FILES]


def test_what_is_separated_after_two_seeds_is_not_trained_a_third_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clear(_self: Training, candidate: Candidate, _report: Report) -> Metrics:
        return {"val_accuracy": candidate.cost.params / 1e9 + 1e-9 * (candidate.seed % 7)}

    monkeypatch.setattr(Training, "__call__", clear)
    result = search(tmp_path)
    assert result.ranking is not None
    assert result.ranking.is_settled
    assert {len(one.rewards) for one in result.ranking.order} == {2}


def test_failed_trainings_leave_the_search_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Training, _candidate: Candidate, _report: Report) -> Metrics:
        raise ArithmeticError("diverged")

    monkeypatch.setattr(Training, "__call__", fail)
    result = search(tmp_path)
    assert result.ranking is not None
    assert result.ranking.order[0].trial == result.candidates["value"].idxmax()


def test_shared_weights_have_finalists_by_themselves(tmp_path: Path) -> None:
    nas = {"sampler": "random", "trials": 3, "references": ["efficientnet-b0"]}
    assert experiment(tmp_path, objective=SHARED, nas=nas).nas.finalists == 5
    result = search(tmp_path, objective=SHARED, nas=nas)
    assert result.ranking is not None
    assert len(result.ranking.order) == 3
    assert {one.searched for one in result.ranking.order} == set(result.candidates["value"])
    assert "val_accuracy" in result.trainings  # type: ignore[operator]


def test_published_networks_are_trained_beside_finalists_whatever_their_space(tmp_path: Path) -> None:
    nas = {"sampler": "random", "trials": 3, "references": ["efficientnet-b0", "resnet-18"], "finalists": 1}
    result = search(tmp_path, objective=SHARED, nas=nas)
    assert result.ranking is not None
    assert [other.name for other in result.ranking.references] == ["efficientnet-b0", "resnet-18"]
    trainings = pd.read_csv(result.folder / "finalists.csv")
    assert set(trainings["name"].dropna()) == {"efficientnet-b0", "resnet-18"}
    assert set(trainings["repeat"]) >= {0, 1}
    record = json.loads((result.folder / "run.json").read_text())["results"]["evidence"]
    assert [other["name"] for other in record["against"]] == ["efficientnet-b0", "resnet-18"]
    text = printed(lambda console: print_search(console, result, experiment(tmp_path, objective=SHARED, nas=nas)))
    for line in record["said"]:
        assert f"trust:  {line}" in text.replace("\n", " ")
    assert "trust:  in short: trained as candidates are, what was found is " in text
    assert html.escape(record["said"][-1]) in (result.folder / "report.html").read_text()


def test_without_finalists_none_are_left_of_an_earlier_run(tmp_path: Path) -> None:
    search(tmp_path, "nas.trials=2", "nas.finalists=1")
    result = search(tmp_path, "nas.trials=2", "nas.finalists=0")
    assert result.ranking is None
    assert not (result.folder / "finalists.csv").exists()


def test_networks_that_are_trained_alike_are_one_finalist(
    searched: SearchResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = searched.ranking.order[0].architecture  # type: ignore[union-attr]
    monkeypatch.setattr(module, "apply_proxy", lambda _network, _proxy: small)
    assert len(search(tmp_path).ranking.order) == 1  # type: ignore[union-attr]


def test_finalists_need_a_training(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nas\.finalists: got 3, accepted: 0 with objective\.python"):
        experiment(tmp_path, objective={"python": "tests.objectives:by_size"})
    assert experiment(tmp_path, "nas.finalists=0", objective={"python": "a:b"}).nas.finalists == 0

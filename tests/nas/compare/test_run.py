from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import nas.compare.run
from nas.compare.run import Comparison, run_comparison
from nas.compare.screen import print_comparison, sentence
from nas.config import NasExperiment
from nas.finished_search import NamedNetwork
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.experiment import Experiment, ObjectiveConfig
from trials.objectives import make_objective


def named(name: str) -> NamedNetwork:
    return NamedNetwork(name=name, architecture=reference(name))


def compare(folder: Path, *, seeds: int = 3, objective: str = "by_size", found: str = "mnasnet-a1") -> Comparison:
    return run_comparison(
        NasExperiment(name="try", objective=ObjectiveConfig(python=f"{__name__}:{objective}")),
        named(found),
        named("efficientnet-b0"),
        seeds=seeds,
        out=folder,
        console=Console(quiet=True),
        command="test",
    )


def by_size(architecture: Any, seed: int) -> dict[str, float]:
    return {"val_accuracy": 0.3 + estimate_cost(architecture).params / 3e7 + (seed % 1000) / 1e5}


def exact(architecture: Any, seed: int) -> dict[str, float]:  # noqa: ARG001 (what an objective is called with)
    return {"val_accuracy": 0.3 + estimate_cost(architecture).params / 3e7}


def none_for_others(architecture: Any, seed: int) -> dict[str, float]:
    if architecture.key != reference("efficientnet-b0").key:
        raise RuntimeError("out of memory")
    return by_size(architecture, seed)


def test_both_are_evaluated_with_every_seed_and_the_difference_is_told(tmp_path: Path) -> None:
    comparison = compare(tmp_path)
    trials = comparison.trials
    assert list(trials["network"]) == ["mnasnet-a1", "efficientnet-b0"] * 3
    assert trials["seed"].is_unique
    # A1 has 3.9M weights and B0 5.3M: 0.046 less by this objective, of which 0.01 at most is noise
    for column in ("val_accuracy", "value"):
        gap = comparison.differences[column]
        first, second = (trials.loc[trials["network"] == name, column] for name in ("mnasnet-a1", "efficientnet-b0"))
        assert gap.mean == pytest.approx(first.mean() - second.mean())
        assert gap.low < gap.mean < gap.high < 0
        assert "mnasnet-a1 is worse than efficientnet-b0" in sentence(comparison, column, "it")


def test_files(tmp_path: Path) -> None:
    comparison = compare(tmp_path)
    names = {path.name for path in comparison.folder.iterdir() if not path.name.startswith(".")}
    assert names == {"study.journal", "comparison.csv", "stages.csv", "run.json"}
    record = json.loads((comparison.folder / "run.json").read_text())
    assert record["results"]["differences"]["value"]["mean"] == comparison.differences["value"].mean
    assert len(pd.read_csv(comparison.folder / "comparison.csv")) == 6


def test_more_seeds_go_on_and_fewer_are_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compare(tmp_path, seeds=2)
    longer = compare(tmp_path, seeds=3)
    pd.testing.assert_frame_equal(longer.trials[:4], first.trials)
    monkeypatch.setattr(nas.compare.run, "make_objective", lambda *_: pytest.fail)
    pd.testing.assert_frame_equal(compare(tmp_path, seeds=2).trials, first.trials)


def test_another_network_joins_and_the_reference_keeps_its_seeds(tmp_path: Path) -> None:
    first = compare(tmp_path)
    second = compare(tmp_path, found="mobilenet-v2")
    assert set(second.trials["network"]) == {"mobilenet-v2", "efficientnet-b0"}
    kept = [
        frame.loc[frame["network"] == "efficientnet-b0", "seed"].tolist() for frame in (first.trials, second.trials)
    ]
    assert kept[0] == kept[1]


def test_an_interrupted_comparison_goes_on_with_the_same_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compare(tmp_path / "whole")
    calls = 0

    def stopping(experiment: Experiment, _checkpoints: Path) -> Any:
        evaluate = make_objective(experiment)

        def evaluate_three(candidate: Any, report: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == 4:
                raise KeyboardInterrupt
            return evaluate(candidate, report)

        return evaluate_three

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(nas.compare.run, "make_objective", stopping)
        compare(tmp_path / "torn")
    pd.testing.assert_frame_equal(compare(tmp_path / "torn").trials, whole.trials)


def test_a_network_is_not_compared_with_itself(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="equal"):
        compare(tmp_path, found="efficientnet-b0")
    assert not list(tmp_path.iterdir())


def test_an_objective_without_noise_is_taken_at_its_word(tmp_path: Path) -> None:
    comparison = compare(tmp_path, objective="exact")
    gap = comparison.differences["val_accuracy"]
    assert gap.low == gap.high == gap.mean == pytest.approx((3_887_038 - 5_288_548) / 3e7)
    assert "the same for every seed" in sentence(comparison, "val_accuracy", "accuracy")


def test_failures_are_counted_and_no_interval_is_made_up(tmp_path: Path) -> None:
    comparison = compare(tmp_path, objective="none_for_others")
    assert "no interval, 0 and 3 seeds" in sentence(comparison, "value", "reward")
    console = Console(record=True, width=100)
    print_comparison(console, comparison)
    assert "0 (3 failed)" in console.export_text()
    record = json.loads((comparison.folder / "run.json").read_text(), parse_constant=pytest.fail)
    assert record["results"]["differences"]["value"]["low"] is None


def test_the_screen_fits_a_narrow_terminal(tmp_path: Path) -> None:
    console = Console(record=True, width=80)
    print_comparison(console, compare(tmp_path))
    lines = console.export_text().splitlines()
    parts = {line.split()[0]: line for line in lines if line.strip()}
    assert {"stem", "1", "7", "head", "total"} <= parts.keys()
    assert "|" not in parts["stem"]  # equal in both: one value
    assert "0|0.25" in parts["2"]
    assert not any("…" in line for line in lines)

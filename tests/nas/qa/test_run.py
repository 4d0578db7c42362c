from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import nas.qa.run
from nas.config import NasExperiment
from nas.qa.figures import Quality
from nas.qa.plan import EPOCHS, METHOD, SCORES, TRAIN, QualityPlan
from nas.qa.run import run_quality
from nas.qa.screen import print_quality, verdict
from search_spaces.cost import estimate_cost
from trials.training_config import TrainingConfig

calls: list[tuple[str, int]] = []


def evaluations(*, noise: float, by_size: float = 0.0) -> Any:
    """Return trainings that know a network's worth, the shorter the noisier, and scores that know nothing."""

    def evaluate(candidate: Any, _report: Any) -> dict[str, float]:
        method, epochs = candidate.labels[METHOD], candidate.labels[EPOCHS]
        calls.append((method, epochs))
        if method != TRAIN:
            return {"score": random.Random(candidate.seed).random(), "score_seconds": 0.1}
        worth = random.Random(candidate.architecture.key).random() * (1 - by_size)
        worth += by_size * estimate_cost(candidate.architecture).params / 1e7
        found = 0.3 + 0.3 * worth + random.Random(candidate.seed).gauss(0, noise / epochs)
        return {"val_accuracy": min(1.0, max(0.0, found)), "train_seconds": float(epochs)}

    return lambda *_: evaluate


def quality(folder: Path, plan: QualityPlan | None = None) -> Quality:
    calls.clear()
    return run_quality(
        NasExperiment(name="try", training=TrainingConfig(epochs=2)),
        plan or QualityPlan(networks=16, seeds=3, epochs_factor=4),
        out=folder,
        console=Console(quiet=True),
        command="test",
    )


def test_every_network_is_evaluated_by_every_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nas.qa.run, "make_evaluate", evaluations(noise=0.004))
    found = quality(tmp_path)
    assert calls.count((TRAIN, 8)) == 16
    assert calls.count((TRAIN, 2)) == 16 + 2 * 6  # six of them with three seeds
    assert all(calls.count((score, 0)) == 16 for score in SCORES)
    assert found.table["network"][0] == "efficientnet-b0"
    assert found.table["key"].is_unique
    assert found.seconds["proxy"] == 2
    assert found.seconds["longer"] == 8
    assert found.noise_sd == pytest.approx(0.002, rel=0.6)
    assert found.spread_sd > 0.04


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nas.qa.run, "make_evaluate", evaluations(noise=0.004))
    found = quality(tmp_path)
    names = {path.name for path in found.folder.iterdir() if not path.name.startswith(".")}
    assert names == {"study.journal", "qa.csv", "qa.png", "run.json"}
    assert len(pd.read_csv(found.folder / "qa.csv")) == 16
    record = json.loads((found.folder / "run.json").read_text(), parse_constant=pytest.fail)
    assert record["results"]["kendall_tau"]["proxy"]["value"] == found.taus["proxy"].value


def test_nothing_is_evaluated_twice_and_more_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nas.qa.run, "make_evaluate", evaluations(noise=0.004))
    first = quality(tmp_path)
    again = quality(tmp_path)
    assert not calls
    pd.testing.assert_frame_equal(again.table, first.table)
    more = quality(tmp_path, QualityPlan(networks=18, seeds=3, epochs_factor=4))
    assert len(calls) == 2 * (2 + len(SCORES))
    pd.testing.assert_frame_equal(more.table[:16], first.table)
    quality(tmp_path, QualityPlan(networks=16, seeds=3, epochs_factor=5))
    assert calls == [(TRAIN, 10)] * 16


def test_a_proxy_without_noise_is_trusted_and_one_of_noise_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nas.qa.run, "make_evaluate", evaluations(noise=0.001))
    good = quality(tmp_path / "good")
    assert good.taus["proxy"].low > 0.8
    assert verdict(good).startswith("The proxy can be trusted (")
    monkeypatch.setattr(nas.qa.run, "make_evaluate", evaluations(noise=2))
    assert verdict(quality(tmp_path / "bad")).startswith("The proxy cannot be trusted")


def test_a_proxy_that_only_counts_parameters_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nas.qa.run, "make_evaluate", evaluations(noise=0.001, by_size=1))
    found = quality(tmp_path)
    assert found.taus["params"].low > 0.8
    assert "not clearly better than free figures" in verdict(found)


def test_failures_are_left_out_and_nothing_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(candidate: Any, _report: Any) -> dict[str, float]:
        raise RuntimeError(f"{candidate.labels[METHOD]}: out of memory")  # not alike, which would end the run

    monkeypatch.setattr(nas.qa.run, "make_evaluate", lambda *_: failing)
    found = quality(tmp_path, QualityPlan(networks=4, seeds=1, epochs_factor=2))
    assert verdict(found).startswith("Nothing can be said")
    console = Console(record=True, width=80)
    print_quality(console, found)
    assert "nan to" not in console.export_text()

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest
import yaml
from rich.console import Console

import trials.latency
from nas.results import SearchResult
from nas.run import run_search
from search_spaces import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.experiment import Compute, CostConfig, Experiment, Limits, ObjectiveConfig
from trials.proxy import Proxy
from trials.report import LATENCY
from trials.storage import open_storage

B0 = reference("efficientnet-b0")
LIMIT = 7.0


def pretended(architecture: Architecture) -> float:
    """One millisecond for a million activations; B0 takes 6.7."""
    return estimate_cost(architecture).activations / 1e6


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Pretend to measure, and count how often which network was."""
    asked: Counter[str] = Counter()

    def latency_ms(architecture: Architecture, _experiment: Experiment) -> float:
        asked[architecture.key] += 1
        return pretended(architecture)

    monkeypatch.setattr(trials.latency, "latency_ms", latency_ms)
    return asked


def search(folder: Path, trials: int = 20, **settings: Any) -> SearchResult:
    experiment = Experiment(
        objective=ObjectiveConfig(python="tests.objectives:by_size"),
        limits=Limits(max_flops="600M", max_latency_ms=LIMIT),
        nas={"trials": trials, "sampler": "random"},
        **settings,
    )
    return run_search("try", experiment, folder, console=Console(quiet=True), command="test")


def test_only_what_keeps_the_other_limits_is_measured_and_only_once(measured: Counter[str], tmp_path: Path) -> None:
    result = search(tmp_path)
    table = pd.read_csv(result.folder / "trials.csv")
    over = table["flops"] > 600e6
    assert over.any()
    assert table.loc[over, LATENCY].isna().all()
    kept = table[~over]
    assert kept[LATENCY].to_numpy() == pytest.approx((kept["activations"] / 1e6).to_numpy())
    assert set(measured) == {*kept["key"], B0.key}
    assert set(measured.values()) == {1}


def test_no_network_above_the_limit_is_evaluated(measured: Counter[str], tmp_path: Path) -> None:
    assert not measured
    result = search(tmp_path)
    done = result.candidates[result.candidates["state"] == "complete"]
    assert len(done) == 20
    assert done[LATENCY].max() <= LIMIT
    late = result.candidates[result.candidates["reason"] == "max_latency_ms"]
    assert len(late)
    assert late[LATENCY].min() > LIMIT
    study = optuna.load_study(
        study_name="try/nas/candidates", storage=open_storage(None, result.folder / "study.journal")
    )
    for number in late["number"]:
        constraints = study.trials[number].constraints
        assert constraints["max_latency_ms"] == pytest.approx(late[LATENCY][number] / LIMIT - 1)
        assert constraints["max_flops"] <= 0


def test_a_resumed_run_measures_only_what_is_new(measured: Counter[str], tmp_path: Path) -> None:
    first = search(tmp_path, trials=10)
    before = dict(measured)
    longer = search(tmp_path, trials=20)
    assert set(measured.values()) == {1}
    assert len(measured) > len(before)
    same = longer.candidates.iloc[: len(first.candidates)]
    assert same[LATENCY].to_list() == pytest.approx(first.candidates[LATENCY].to_list(), nan_ok=True)


@pytest.mark.usefixtures("measured")
def test_the_latency_of_what_was_found_is_told(tmp_path: Path) -> None:
    result = search(tmp_path)
    assert result.best is not None
    expected = pytest.approx(pretended(result.best))
    assert yaml.safe_load((result.folder / "best.yaml").read_text())["provenance"][LATENCY] == expected
    assert json.loads((result.folder / "run.json").read_text())["results"]["best"][LATENCY] == expected
    assert result.references[LATENCY].to_list() == pytest.approx([pretended(B0)])


def test_without_the_limit_nothing_is_measured(measured: Counter[str], tmp_path: Path) -> None:
    experiment = Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"), nas={"trials": 3})
    result = run_search("try", experiment, tmp_path, console=Console(quiet=True), command="test")
    assert not measured
    assert LATENCY not in result.candidates


def test_the_clock_runs_on_what_is_counted() -> None:
    small = Experiment(
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.0357, drop_strides=3),
        cost=CostConfig(network="proxy", num_classes=10),
        compute=Compute(device="cpu", threads=1),
    )
    assert 0 < trials.latency.latency_ms(B0, small) < math.inf


def test_what_cannot_be_run_is_over_any_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object, **_options: object) -> float:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("search_spaces.measure.measure_latency", fails)
    assert trials.latency.latency_ms(B0, Experiment()) == math.inf

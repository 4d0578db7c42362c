from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import optuna
import pandas as pd
import pytest
import yaml
from rich.console import Console

import trials.objectives.latency
from nas.config import NasConfig, NasExperiment
from nas.search.results import SearchResult
from nas.search.run import run_search
from nas.search.screen import print_search
from search_spaces import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.experiment import Compute, CostConfig, Experiment, Limits, ObjectiveConfig
from trials.objectives.latency import timed_counter
from trials.proxy import Proxy
from trials.study.attributes import LATENCY
from trials.study.storage import open_storage

B0 = reference("efficientnet-b0")
LIMIT = 7.0
MEASURE = trials.objectives.latency.latency_ms  # the real one


def pretended(architecture: Architecture) -> float:
    """One millisecond for a million activations; B0 takes 6.7."""
    return estimate_cost(architecture).activations / 1e6


@pytest.fixture(scope="module")
def measured() -> Iterator[Counter[str]]:
    """Pretend to measure, and count how often which network was."""
    asked: Counter[str] = Counter()

    def latency_ms(architecture: Architecture, _experiment: Experiment) -> float:
        asked[architecture.key] += 1
        return pretended(architecture)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials.objectives.latency, "latency_ms", latency_ms)
        yield asked


def search(folder: Path, trials: int = 20) -> SearchResult:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.objectives:by_size"),
        limits=Limits(max_flops="600M", max_latency_ms=LIMIT),
        nas=NasConfig(trials=trials, sampler="random"),
    )
    return run_search(experiment, folder, console=Console(quiet=True), command="test")


@pytest.fixture(scope="module")
def resumed(measured: Counter[str], tmp_path_factory: pytest.TempPathFactory) -> SearchResult:
    """Search in two runs; what the second must not measure again is checked below."""
    folder = tmp_path_factory.mktemp("latency")
    search(folder, trials=8)
    assert len(measured) > 8
    return search(folder, trials=20)


def test_only_what_keeps_the_other_limits_is_measured_and_only_once(
    measured: Counter[str], resumed: SearchResult
) -> None:
    table = pd.read_csv(resumed.folder / "trials.csv")
    over = table["flops"] > 600e6
    assert over.any()
    assert table.loc[over, LATENCY].isna().all()
    kept = table[~over]
    assert kept[LATENCY].to_numpy() == pytest.approx((kept["activations"] / 1e6).to_numpy())
    assert set(measured) == {*kept["key"], B0.key}
    assert set(measured.values()) == {1}


def test_no_network_above_the_limit_is_evaluated(resumed: SearchResult) -> None:
    done = resumed.candidates[resumed.candidates["state"] == "complete"]
    assert len(done) == 20
    assert done[LATENCY].max() <= LIMIT
    late = resumed.candidates[resumed.candidates["reason"] == "max_latency_ms"]
    assert len(late)
    assert late[LATENCY].min() > LIMIT
    study = optuna.load_study(
        study_name="try/nas/candidates", storage=open_storage(None, resumed.folder / "study.journal")
    )
    for number in late["number"]:
        constraints = study.trials[number].constraints
        assert constraints["max_latency_ms"] == pytest.approx(late[LATENCY][number] / LIMIT - 1)
        assert constraints["max_flops"] <= 0


def test_the_latency_of_what_was_found_is_told(resumed: SearchResult) -> None:
    assert resumed.best is not None
    expected = pytest.approx(pretended(resumed.best))
    assert yaml.safe_load((resumed.folder / "best.yaml").read_text())["provenance"][LATENCY] == expected
    assert json.loads((resumed.folder / "run.json").read_text())["results"]["best"][LATENCY] == expected
    assert resumed.references[LATENCY].to_list() == pytest.approx([pretended(B0)])
    stream = io.StringIO()
    print_search(Console(file=stream, width=200), resumed, Experiment(name="try"))
    assert f"{pretended(resumed.best):.1f} ms" in stream.getvalue()
    assert "6.7 ms" in stream.getvalue()


def test_without_the_limit_nothing_is_measured(measured: Counter[str]) -> None:
    before = measured.total()
    cost = timed_counter(Experiment(), optuna.create_study())(reference("mobilenet-v2"))
    assert cost == estimate_cost(reference("mobilenet-v2"))
    assert measured.total() == before


def test_the_clock_runs_on_what_is_counted() -> None:
    small = Experiment(
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.0357, drop_strides=3),
        cost=CostConfig(network="proxy", num_classes=10),
        compute=Compute(device="cpu", threads=1),
    )
    assert 0 < MEASURE(B0, small) < math.inf


def test_what_cannot_be_run_is_over_any_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object, **_options: object) -> float:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("search_spaces.measure.measure_latency", fails)
    assert MEASURE(B0, Experiment()) == math.inf

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest
import yaml
from rich.console import Console

from nas.config import load_nas_experiment
from nas.finished_search import named_networks
from nas.search.results import SearchResult
from nas.search.run import run_search
from search_spaces import InvalidInput, load_architecture
from tests.trials.study.test_clock import FakeTime
from trials.budget.pacing import Pacing
from trials.study.clock import Clock
from trials.study.storage import open_storage

ROOT = Path(__file__).parents[3]
TIMES = {"train_seconds"}


def experiment_file(folder: Path, **changes: Any) -> Path:
    entry: dict[str, Any] = {
        "objective": {"python": "tests.objectives:by_size"},
        "nas": {"trials": 12, "sampler": "evolution", "references": ["efficientnet-b0", "mobilenet-v2"]},
    }
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": entry | changes}))
    return path


def search(folder: Path, *overrides: str, **changes: Any) -> SearchResult:
    settings = load_nas_experiment("try", experiment_file(folder, **changes), overrides)
    return run_search(settings, folder / "results", console=Console(quiet=True), command="test")


def test_everything_promised_is_written(tmp_path: Path) -> None:
    result = search(tmp_path)
    names = {path.name for path in result.folder.iterdir() if not path.name.startswith(".")}
    assert names == {
        "study.journal",
        "trials.csv",
        "references.csv",
        "pareto.csv",
        "best.yaml",
        "run.json",
        "accuracy_flops.png",
        "accuracy_flops.svg",
        "report.html",
    }
    best = load_architecture(result.folder / "best.yaml")
    assert result.best is not None
    assert best.key == result.best.key
    record = json.loads((result.folder / "run.json").read_text())
    assert record["settings"]["seed"] == 0
    assert record["versions"]["optuna"] == optuna.__version__
    assert record["results"]["candidates"]["complete"] == 12
    assert record["results"]["skipped_files"] == []


def test_the_best_is_the_best_of_the_table_and_pareto_is_a_front(tmp_path: Path) -> None:
    result = search(tmp_path)
    trials = pd.read_csv(result.folder / "trials.csv")
    assert result.best_row is not None
    assert result.best_row["value"] == trials["value"].max()
    front = pd.read_csv(result.folder / "pareto.csv")
    assert front["flops"].is_monotonic_increasing
    assert front["val_accuracy"].is_monotonic_increasing
    for row in trials[trials["state"] == "complete"].itertuples():
        beaten_by = front[(front["flops"] <= row.flops) & (front["val_accuracy"] >= row.val_accuracy)]
        assert len(beaten_by)


def test_references_are_evaluated_under_the_same_conditions_and_apart(tmp_path: Path) -> None:
    result = search(tmp_path)
    assert list(result.references["name"]) == ["efficientnet-b0", "mobilenet-v2"]
    assert list(result.references["flops"]) == [385_814_752, 300_774_272]
    storage = open_storage(None, result.folder / "study.journal")
    candidates = optuna.load_study(study_name="try/nas/candidates", storage=storage)
    assert all("planned" not in trial.user_attrs for trial in candidates.trials)


@pytest.mark.slow
def test_running_again_evaluates_nothing_and_more_trials_continue(tmp_path: Path) -> None:
    first = search(tmp_path)
    again = search(tmp_path)
    pd.testing.assert_frame_equal(first.candidates, again.candidates)
    longer = search(tmp_path, "nas.trials=15", "nas.references=[efficientnet-b0, mobilenet-v2, mnasnet-a1]")
    assert len(longer.candidates) == 15
    assert len(longer.references) == 3
    pd.testing.assert_frame_equal(longer.candidates.iloc[:12], first.candidates)


def test_a_search_without_references_ends_like_any_other(tmp_path: Path) -> None:
    result = search(tmp_path, "nas.references=[]")
    assert len(result.references) == 0
    assert (result.folder / "accuracy_flops.png").is_file()
    assert pd.read_csv(result.folder / "references.csv").columns[:3].tolist() == ["name", "number", "state"]


def test_over_budget_candidates_are_never_the_best(tmp_path: Path) -> None:
    result = search(tmp_path, limits={"max_flops": "300M"})
    assert result.best_row is not None
    assert result.best_row["flops"] <= 300_000_000
    over = result.candidates[result.candidates["reason"] == "max_flops"]
    assert (over["flops"] > 300_000_000).all()


def test_failed_candidates_are_rows_with_their_reason(tmp_path: Path) -> None:
    result = search(tmp_path, objective={"python": "tests.objectives:failing"})
    failed = result.candidates[result.candidates["state"] == "fail"]
    assert len(failed) > 0
    assert set(failed["reason"]) == {"RuntimeError: CUDA out of memory. Tried to allocate 2 GiB"}
    assert result.best is not None


def test_nothing_evaluated_is_no_crash(tmp_path: Path) -> None:
    result = search(tmp_path, objective={"python": "tests.objectives:in_percent"})
    assert result.best is None
    assert (result.candidates["state"] == "fail").all()
    assert "metrics.val_accuracy" in result.candidates["reason"].iloc[0]


def test_a_metric_of_the_objective_can_be_the_cost(tmp_path: Path) -> None:
    reward = {"kind": "absolute", "cost": "latency_ms", "target": 6}
    result = search(tmp_path, objective={"python": "tests.objectives:with_latency"}, reward=reward)
    row = result.candidates.iloc[0]
    assert row["value"] == pytest.approx(row["val_accuracy"] - 0.10 * abs(row["latency_ms"] / 6 - 1))


@pytest.mark.slow
def test_nsga2_weighs_accuracy_against_cost_and_the_best_is_on_the_front(tmp_path: Path) -> None:
    nas = {"trials": 30, "sampler": "nsga2", "references": ["efficientnet-b0"]}
    reward = {"kind": "absolute", "target": "300M", "w": -0.1}
    result = search(tmp_path, nas=nas, reward=reward, limits={"max_flops": "600M"})
    study = optuna.load_study(
        study_name="try/nas/candidates", storage=open_storage(None, result.folder / "study.journal")
    )
    assert [direction.name for direction in study.directions] == ["MAXIMIZE", "MINIMIZE"]
    done = pd.read_csv(result.folder / "trials.csv").query("state == 'complete'")
    assert len(done) >= 30
    expected = done["val_accuracy"] - 0.1 * (done["flops"] / 300e6 - 1).abs()
    assert done["value"].to_numpy() == pytest.approx(expected.to_numpy())
    front = pd.read_csv(result.folder / "pareto.csv")
    assert result.best_row is not None
    assert result.best_row["number"] in set(front["number"])
    assert result.best_row["value"] == front["value"].max()
    again = search(tmp_path, nas=nas, reward=reward, limits={"max_flops": "600M"})
    pd.testing.assert_frame_equal(again.candidates, result.candidates)


@pytest.mark.slow
def test_a_two_objective_study_ranks_its_leaders_by_reward(tmp_path: Path) -> None:
    nas = {"trials": 25, "sampler": "nsga2", "references": []}
    reward = {"kind": "soft", "w": -0.5}
    result = search(tmp_path, nas=nas, reward=reward)
    settings = load_nas_experiment("try", experiment_file(tmp_path, nas=nas, reward=reward))
    leaders = named_networks("top-3", settings, tmp_path / "results")
    ranked = result.candidates.query("state == 'complete' and duplicate_of.isna()", engine="python")
    expected = ranked.sort_values(["value", "number"], ascending=[False, True])["number"].head(3)
    assert [network.name for network in leaders] == [f"trial-{number}" for number in expected]


def test_an_unknown_cost_fails_the_trials_by_name(tmp_path: Path) -> None:
    result = search(tmp_path, reward={"cost": "latency_ms"})
    assert result.candidates["reason"].str.startswith("reward.cost: got 'latency_ms'").all()


def test_a_changed_experiment_is_refused(tmp_path: Path) -> None:
    search(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        search(tmp_path, "reward.kind=hard")
    assert caught.value.key == "reward.kind"


def test_another_machine_joins_a_shared_study_with_its_own_data_folder(tmp_path: Path) -> None:
    storage = f"nas.storage=sqlite:///{tmp_path}/shared.db"
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    search(first, storage, "data.folder=/home/first/data")
    found = search(second, storage, "data.folder=/mnt/second/data", "nas.trials=13")
    assert (found.candidates["state"] == "complete").sum() == 13
    assert json.loads((found.folder / "run.json").read_text())["settings"]["data"]["folder"] == "/mnt/second/data"


def nas_command(folder: Path, experiment: str) -> list[str]:
    file = folder / "experiments.yaml"
    code = "from nas.cli import main; main()"
    return [sys.executable, "-c", code, "run", experiment, "--file", str(file), "--out", str(folder / "results")]


def without_times(path: Path) -> pd.DataFrame:
    return pd.read_csv(path).drop(columns=list(TIMES), errors="ignore")


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_gives_the_same_best(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    torn.mkdir()
    experiment_file(torn, objective={"python": "tests.objectives:slow"})
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    whole.mkdir()
    search(whole, objective={"python": "tests.objectives:by_size"})  # what `slow` returns, without the waiting
    journal = torn / "results" / "try" / "nas" / "study.journal"
    for wanted_bytes in (30_000, 60_000):
        process = subprocess.Popen(nas_command(torn, "try"), stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)
        while not journal.exists() or journal.stat().st_size < wanted_bytes:
            assert process.poll() is None, "the search ended before it could be killed"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(nas_command(torn, "try"), check=True, capture_output=True, env=environment, cwd=ROOT)
    for name in ("trials.csv", "references.csv", "pareto.csv"):
        expected = without_times(whole / "results" / "try" / "nas" / name)
        pd.testing.assert_frame_equal(without_times(torn / "results" / "try" / "nas" / name), expected)
    best = [(folder / "results" / "try" / "nas" / "best.yaml").read_bytes() for folder in (whole, torn)]
    assert best[0] == best[1]


@pytest.mark.slow
def test_smoke_twice_gives_the_same_trials_and_the_same_file(tmp_path: Path) -> None:
    tables, files = [], []
    for folder in (tmp_path / "a", tmp_path / "b"):
        settings = load_nas_experiment(
            "smoke", ROOT / "experiments.yaml", ["nas.trials=3", "compute.threads=1", "data.train_images=160"]
        )
        result = run_search(settings, folder, console=Console(quiet=True), command="test")
        assert (result.candidates["state"] == "complete").all(), result.candidates["reason"]
        tables.append(without_times(result.folder / "trials.csv"))
        files.append((result.folder / "best.yaml").read_bytes())
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert files[0] == files[1]


def pacing_of(time: FakeTime, seconds: float, *, open_ended: bool = True) -> Pacing:
    """Return a budget of which each look at the clock takes a second."""

    def now() -> float:
        time.seconds += 1
        return time.seconds

    clock = Clock(seconds=seconds, now=now, began=time.seconds)
    return Pacing(clock=clock, at_least={"candidates": 1}, open_ended=open_ended)


def test_within_a_budget_of_time_as_many_candidates_as_fit_are_evaluated(tmp_path: Path) -> None:
    settings = load_nas_experiment("try", experiment_file(tmp_path), ["nas.trials=2"])
    result = run_search(
        settings, tmp_path / "r", console=Console(quiet=True), command="test", pacing=pacing_of(FakeTime(), 20)
    )
    first = len(result.candidates)
    assert 2 < first < 20
    assert set(result.candidates["state"]) == {"complete"}
    assert result.best is not None
    again = run_search(
        settings, tmp_path / "r", console=Console(quiet=True), command="test", pacing=pacing_of(FakeTime(), 20)
    )
    assert len(again.candidates) > first  # another budget, and the study goes on


def test_the_number_of_candidates_that_was_written_is_not_exceeded(tmp_path: Path) -> None:
    settings = load_nas_experiment("try", experiment_file(tmp_path), ["nas.trials=2"])
    pacing = pacing_of(FakeTime(), 1_000, open_ended=False)
    result = run_search(settings, tmp_path / "r", console=Console(quiet=True), command="test", pacing=pacing)
    assert len(result.candidates) == 2


def test_when_time_is_over_one_candidate_is_evaluated_all_the_same(tmp_path: Path) -> None:
    settings = load_nas_experiment("try", experiment_file(tmp_path), ["nas.trials=5"])
    pacing = pacing_of(FakeTime(), 0.5)
    result = run_search(settings, tmp_path / "r", console=Console(quiet=True), command="test", pacing=pacing)
    assert list(result.candidates["state"]) == ["complete"]
    assert set(result.references["state"]) == {"waiting"}
    assert (result.folder / "report.html").is_file()

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from nas.search.trust import Validation
from search_spaces.reference import reference
from tests.nas.commands import EXPERIMENT, run
from trials.experiment import ObjectiveConfig
from trials.objectives.benchmark.objective import ask_benchmark


def test_run_prints_what_was_found_and_where(file: Path, tmp_path: Path) -> None:
    result = run("run", "try", "--file", file, "--out", tmp_path / "results", "--trials", 3)
    assert result.exit_code == 0, result.output
    assert "efficientnet-b0" in result.output
    assert "next:   scale search try" in result.output
    assert (tmp_path / "results" / "try" / "nas" / "best.yaml").is_file()


@pytest.fixture
def benchmark_file(tmp_path: Path, sixty_rows: Path) -> Path:
    objective = {"benchmark": "accel-nasbench", "path": str(sixty_rows)}
    path = tmp_path / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": EXPERIMENT | {"objective": objective}}))
    return path


def test_a_benchmark_is_scored_by_the_half_that_was_not_searched(
    benchmark_file: Path, tmp_path: Path, sixty_rows: Path
) -> None:
    places = ["--file", benchmark_file, "--out", tmp_path / "results"]
    result = run("run", "try", *places, "--set", "nas.references=[efficientnet-b0]")
    assert result.exit_code == 0, result.output
    config = ObjectiveConfig(benchmark="accel-nasbench", path=str(sixty_rows))
    scored = ask_benchmark(config, "score", 0)(reference("efficientnet-b0"), 0)["val_accuracy"]
    rows = [line for line in result.output.splitlines() if "efficientnet-b0" in line]
    assert any(f"{scored:.4f}" in line for line in rows)
    assert "found | efficientnet-b0  (one value: equal in both)" in result.output
    assert "short training" not in result.output


def test_a_benchmark_in_table_mode_is_searched_among_its_rows(benchmark_file: Path, tmp_path: Path) -> None:
    places = ["--file", benchmark_file, "--out", tmp_path / "results"]
    result = run("run", "try", *places, "--set", "objective.mode=table")
    assert result.exit_code == 0, result.output
    assert "57 measured networks of efficientnet within the limits are searched" in result.output
    folder = tmp_path / "results" / "try" / "nas"
    assert "one of the 60 measured networks" in (folder / "references.csv").read_text()  # B0 is none of them
    assert set(pd.read_csv(folder / "trials.csv")["state"]) == {"complete"}


def test_missing_benchmark_data_say_where_to_get_them(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[3] / "experiments.yaml"
    missing = f"objective.path={tmp_path / 'none.tar.gz'}"
    out = tmp_path / "results"
    result = run("run", "rediscover-b0-imagenet", "--file", shipped, "--set", missing, "--out", out)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: objective.path: got ")
    assert "github.com/afzalxo/Accel-NASBench" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not out.exists()


def test_all_failed_is_exit_code_1_and_leaves_no_best(file: Path, tmp_path: Path) -> None:
    places = ["--file", file, "--out", tmp_path / "results"]
    folder = tmp_path / "results" / "try" / "nas"
    folder.mkdir(parents=True)
    (folder / "best.yaml").write_text("of an earlier run")
    result = run("run", "try", *places, "--set", "objective.python=tests.objectives:in_percent", "--trials", 2)
    assert result.exit_code == 1
    assert "All 2 candidates that were evaluated failed; the first: InvalidInput: metrics.val_accuracy" in result.output
    assert not any(word in result.output for word in ("found", "next:", "best reward"))
    assert not (folder / "best.yaml").exists()
    assert (folder / "trials.csv").is_file()
    assert json.loads((folder / "run.json").read_text())["state"] == "finished"


def test_all_over_the_limits_is_exit_code_1_with_the_cheapest_seen(file: Path, tmp_path: Path) -> None:
    limited = ["--set", "limits.max_flops=1M", "--set", "nas.references=[]"]
    result = run("run", "try", "--file", file, "--out", tmp_path / "results", *limited)
    assert result.exit_code == 1
    trials = pd.read_csv(tmp_path / "results" / "try" / "nas" / "trials.csv")
    assert set(trials["state"]) == {"over_limit"}
    assert "Warning" not in result.output + result.stderr
    assert f"max_flops is 1,000,000, the lowest seen {trials['flops'].min():,}" in result.output
    assert "next:" not in result.output


def test_accuracy_at_chance_is_exit_code_1(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # `by_size` answers 0.3 to 0.6: nothing where one class has nearly all images
    validation = Validation(images=500, largest_share=0.95)
    monkeypatch.setattr("nas.search.results.validation_of", lambda _experiment: validation)
    result = run("run", "try", "--file", file, "--out", tmp_path / "results", "--trials", 2)
    assert result.exit_code == 1
    assert "No candidate learned anything" in result.output
    assert not any(word in result.output for word in ("found", "next:"))
    assert not (tmp_path / "results" / "try" / "nas" / "best.yaml").exists()


def test_the_note_tells_how_uncertain_accuracies_are(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation = Validation(images=500, largest_share=0.1)
    monkeypatch.setattr("nas.search.results.validation_of", lambda _experiment: validation)
    result = run("run", "try", "--file", file, "--out", tmp_path / "results", "--trials", 2)
    assert result.exit_code == 0, result.output
    assert "500 validation images: an accuracy is uncertain by 2." in result.output


def test_a_search_whose_first_candidates_fail_alike_stops_and_says_so(file: Path, tmp_path: Path) -> None:
    places = ["--file", file, "--out", tmp_path / "results"]
    failing = ["--set", "objective.python=tests.objectives:in_percent"]
    result = run("run", "try", *places, *failing, "--trials", 40)
    assert result.exit_code == 1
    said = "The first 3 candidates failed alike, so the run stopped; 37 of 40 are not evaluated. InvalidInput"
    assert said in result.output
    assert result.output.count("--retry-failed") == 1
    folder = tmp_path / "results" / "try" / "nas"
    assert list(pd.read_csv(folder / "trials.csv")["state"]) == ["fail"] * 3
    record = json.loads((folder / "run.json").read_text())
    assert record["state"] == "finished"
    assert record["results"]["problem"].startswith("The first 3 candidates failed alike")


def test_what_an_earlier_run_found_stays_where_the_next_one_stops(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ["--file", file, "--out", tmp_path / "results", "--set", "objective.python=tests.objectives:mended_later"]
    assert run("run", "try", *places, "--trials", 3).exit_code == 0
    best = (tmp_path / "results" / "try" / "nas" / "best.yaml").read_text()
    monkeypatch.setenv("BROKEN", "yes")
    result = run("run", "try", *places, "--trials", 40)
    assert result.exit_code == 1
    assert "The first 3 candidates failed alike" in result.output
    assert "34 of 40 are not evaluated" in result.output
    assert (tmp_path / "results" / "try" / "nas" / "best.yaml").read_text() == best


def test_a_budget_is_kept_to_told_and_recorded(file: Path, tmp_path: Path) -> None:
    options = ["--file", file, "--out", tmp_path / "results"]
    result = run("run", "try", *options, "--budget", "1h")
    assert result.exit_code == 0, result.output
    assert "budget:   60 min for at most 5 candidates" in result.output
    assert "s of 3,600 s (60 min) are used" in result.output
    record = json.loads((tmp_path / "results" / "try" / "nas" / "run.json").read_text())
    assert record["settings"]["budget"] == 3_600
    told = run("check", "try", *options, "--budget", "80")
    assert "budget:   80 s for at most 5 candidates" in told.output


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("budget", ["", "soon", "-1h", "0", "1d"])
def test_what_is_no_time_is_refused(command: str, budget: str, file: Path, tmp_path: Path) -> None:
    result = run(command, "try", "--file", file, "--out", tmp_path / "results", "--budget", budget)
    assert result.exit_code == 2
    assert "--budget" in result.stderr
    assert "1h30m" in result.stderr
    assert not (tmp_path / "results").exists()

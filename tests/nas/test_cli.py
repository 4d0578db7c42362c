from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result

from nas.cli import main
from nas.search.trust import Validation
from search_spaces import save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.experiment import ObjectiveConfig
from trials.objectives.benchmark import ask_benchmark

EXPERIMENT = {
    "objective": {"python": "tests.objectives:by_size"},
    "limits": {"max_flops": "600M"},
    "nas": {"trials": 5, "sampler": "random", "references": ["efficientnet-b0", "mobilenet-v2"]},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": EXPERIMENT}))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_run_prints_what_was_found_and_where(file: Path, tmp_path: Path) -> None:
    result = run("run", "try", "--file", file, "--out", tmp_path / "results", "--trials", 3)
    assert result.exit_code == 0, result.output
    assert "efficientnet-b0" in result.output
    assert "next:   scale search try" in result.output
    assert (tmp_path / "results" / "try" / "nas" / "best.yaml").is_file()


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


def test_cost_prints_every_counter() -> None:
    result = run("cost", "efficientnet-b0")
    assert result.exit_code == 0, result.output
    assert result.output.count("385,814,752") == 3
    assert "401,659,392" in result.output


def test_cost_at_another_resolution() -> None:
    # the published B0 at 240 px would be B1's resolution; the counters agree with one another
    result = run("cost", "mobilenet-v2", "--resolution", 32)
    assert result.exit_code == 0, result.output
    assert "at 32 px" in result.output


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
    shipped = Path(__file__).parents[2] / "experiments.yaml"
    missing = f"objective.path={tmp_path / 'none.tar.gz'}"
    out = tmp_path / "results"
    result = run("run", "rediscover-b0-imagenet", "--file", shipped, "--set", missing, "--out", out)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: objective.path: got ")
    assert "github.com/afzalxo/Accel-NASBench" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not out.exists()


WRONG = [
    (["run", "nope"], "experiment"),
    (["run", "try", "--set", "nas.sampler=bayes"], "try.nas.sampler"),
    (["run", "try", "--set", "nas.trials=0"], "try.nas.trials"),
    (["run", "try", "--set", "nas.trial=3"], "try.nas.trial"),
    (["run", "try", "--set", "nas.references=[alexnet]"], "try.nas.references.0"),
    (["run", "try", "--set", "space=darts"], "space"),
    (["run", "try", "--set", "objective.python=nowhere:f"], "objective.python"),
    (["run", "try", "--set", "objective.python=tests.objectives"], "objective.python"),
    (["run", "try", "--set", "objective.python=tests.objectives:missing"], "objective.python"),
    (["run", "try", "--set", "objective.python=tests.objectives:not_callable"], "objective.python"),
    (["run", "try", "--set", "objective=train", "--set", "data.name=mnist"], "data.name"),
    (["run", "try", "--storage", "nonsense"], "storage"),
    (["run", "try", "--set", "objective={benchmark: nb101}"], "objective.benchmark"),
    (["run", "try", "--set", "objective={benchmark: accel-nasbench}"], "objective.path"),
    (["run", "try", "--set", "objective={mode: table}"], "try.objective.mode"),
    (["run", "try", "--set", "objective={benchmark: accel-nasbench, path: x, mode: rows}"], "try.objective.mode"),
    (["run", "try", "--file", "nowhere.yaml"], "nowhere.yaml"),
    (["cost", "nowhere.yaml"], "architecture"),
    (["cost", "efficientnet-b0", "--resolution", "0"], "resolution"),
    (["cost", "efficientnet-b0", "--num-classes", "0"], "--num-classes"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_exit_code_2_and_leaves_nothing(
    arguments: list[str], key: str, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    extra = [] if arguments[0] == "cost" else ["--out", str(out)]
    if arguments[0] == "run" and "--file" not in arguments:
        extra += ["--file", str(file)]
    result = run(*arguments, *extra)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not list(out.rglob("*.csv"))
    assert not list(out.rglob("*.journal"))


def test_a_network_too_large_to_run_is_counted_in_closed_form(tmp_path: Path) -> None:
    b0 = reference("efficientnet-b0")
    deep = replace(b0, stages=(*b0.stages[:-1], replace(b0.stages[-1], depth=1_000)))
    save_architecture(deep, tmp_path / "deep.yaml")
    result = CliRunner().invoke(main, ["cost", str(tmp_path / "deep.yaml")])
    assert result.exit_code == 0, result.output
    assert "closed form" in result.output and "too large" in result.output
    assert f"{estimate_cost(deep).flops:,}" in result.output

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from nas.cli import main

ROOT = Path(__file__).parents[2]
EXPERIMENT = {
    "objective": {"python": "tests.objectives:by_size"},
    "data": {"name": "digits", "validation_images": 50},
    "resolution": 16,
    "proxy": {"width": 0.125, "depth": 0.4, "resolution": 0.5, "drop_strides": 3, "batch_norm_momentum": 0.1},
    "training": {"batch_size": 32},
    "compute": {"device": "cpu", "threads": 1},
    "nas": {"trials": 20, "sampler": "random", "full_training": {"epochs": 1, "train_images": 64}},
}
SCORES = EXPERIMENT | {"objective": {"name": "zero-cost"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment that was searched."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "experiments.yaml").write_text(
        yaml.safe_dump({"try": EXPERIMENT, "unsearched": EXPERIMENT, "scores": SCORES})
    )
    result = run(folder, "run", "try")
    assert result.exit_code == 0, result.output
    return folder


def run(folder: Path, *arguments: str) -> Result:
    places = ["--file", str(folder / "experiments.yaml"), "--out", str(folder / "results")]
    return CliRunner().invoke(main, [*arguments, *places])


def test_train_says_where_the_weights_are_and_trains_nothing_twice(folder: Path) -> None:
    first = run(folder, "train", "top-2", "try")
    assert first.exit_code == 0, first.output
    assert first.output.count("epoch 1/1") == 2
    assert first.output.count("test accuracy") == 2
    assert "load_trained(" in first.output
    written = sorted((folder / "results" / "try" / "train").glob("trial-*/weights.safetensors"))
    assert len(written) == 2
    again = run(folder, "train", "best", "try")
    assert "epoch" not in again.output.split("(")[0]
    assert "test accuracy" in again.output


def test_train_takes_any_network_under_any_name(folder: Path) -> None:
    result = run(folder, "train", "mobilenet-v2", "try", "--name", "mine", "--epochs", "2", "--seed", "3")
    assert result.exit_code == 0, result.output
    record = json.loads((folder / "results" / "try" / "train" / "mine" / "result.json").read_text())
    assert record["results"]["epochs"] == 2
    assert record["settings"]["seed"] == 3


def test_compare_prints_stages_and_the_difference(folder: Path) -> None:
    result = run(folder, "compare", "best", "try", "--seeds", "4")
    assert result.exit_code == 0, result.output
    assert "95 % interval" in result.output
    assert "head" in result.output


def test_calibrate_prints_the_line_to_use(folder: Path) -> None:
    result = run(folder, "calibrate", "try")
    assert result.exit_code == 0, result.output
    assert "--set reward.w=-0." in result.output


def test_run_warns_once_of_an_idle_target(folder: Path) -> None:
    result = run(
        folder, "run", "try", "--set", "nas.trials=1", "--set", "reward={kind: soft, target: 400M}", "--seed", "0"
    )
    assert result.output.count("does not change which network wins") == 1
    assert "does not change" not in run(folder, "run", "try").output


WRONG = [
    (["train", "nowhere.yaml", "try"], "architecture"),
    (["train", "best", "unsearched"], "architecture"),
    (["train", "top-3", "unsearched"], "experiment"),
    (["train", "top-99", "try"], "architecture"),
    (["train", "top-2", "try", "--name", "mine"], "--name"),
    (["train", "best", "try", "--name", "../mine"], "--name"),
    (["train", "best", "try", "--epochs", "0"], "try.nas.full_training.epochs"),
    (["train", "mnasnet-b1", "try", "--set", "data.name=mnist"], "data.name"),
    (["compare", "top-2", "try"], "architecture"),
    (["compare", "efficientnet-b0", "try"], "--reference"),
    (["compare", "best", "try", "--reference", "alexnet"], "architecture"),
    (["compare", "best", "try", "--set", "objective.python=nowhere:f"], "objective.python"),
    (["calibrate", "unsearched"], "experiment"),
    (["calibrate", "try", "--set", "reward.cost=latency_ms"], "reward.cost"),
    (["calibrate", "nope"], "experiment"),
    (["compare", "mobilenet-v2", "scores"], "objective.name"),
    (["calibrate", "scores"], "objective.name"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_and_exit_code_2(arguments: list[str], key: str, folder: Path) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not (folder / "results" / "scores").exists()


def test_a_refused_leader_stops_the_others_from_training(folder: Path) -> None:
    settings = ["--set", "nas.full_training.learning_rate=0.01"]
    assert run(folder, "train", "top-1", "try").exit_code == 0
    result = run(folder, "train", "top-3", "try", *settings)
    assert result.exit_code == 2
    assert "epoch" not in result.stdout


@pytest.mark.parametrize("command", ["train", "compare", "calibrate"])
def test_help_imports_nothing_slow(command: str) -> None:
    code = (
        "import sys; from nas.cli import main\n"
        f"try:\n    main(['{command}', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'torch', 'optuna', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]")

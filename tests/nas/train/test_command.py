from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.nas.searched import run


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


WRONG = [
    (["train", "nowhere.yaml", "try"], "architecture"),
    (["train", "best", "unsearched"], "architecture"),
    (["train", "top-3", "unsearched"], "experiment"),
    (["train", "top-99", "try"], "architecture"),
    (["train", "top-2", "try", "--name", "mine"], "--name"),
    (["train", "best", "try", "--name", "../mine"], "--name"),
    (["train", "best", "try", "--epochs", "0"], "try.nas.full_training.epochs"),
    (["train", "mnasnet-b1", "try", "--set", "data.name=mnist"], "data.name"),
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

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from rich.console import Console

import nas.train.full_training
from nas.config import NasConfig, NasExperiment
from nas.finished_search import NamedNetwork
from nas.train.curves import EpochLines
from nas.train.full_training import CHECKPOINT, FullRun, class_names, plan_full_run, train_in_full
from search_spaces import InvalidInput
from search_spaces.reference import reference
from search_spaces.weights import load_trained
from trials.data.datasets import load_digits
from trials.experiment import Compute, DataConfig
from trials.proxy import Proxy
from trials.training.augmentation import prepare
from trials.training.loop import evaluate
from trials.training_config import TrainingConfig

FULL = {"epochs": 3, "train_images": 192, "ema_decay": 0.9}


def experiment(**full: Any) -> NasExperiment:
    return NasExperiment(
        name="try",
        data=DataConfig(name="digits", train_images=64, validation_images=50),
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.0357, drop_strides=3, batch_norm_momentum=0.1),
        training=TrainingConfig(epochs=1, batch_size=32, recalibrate_batches=0),
        compute=Compute(device="cpu", threads=1),
        nas=NasConfig(full_training=FULL | full),
    )


def full_run(folder: Path, **full: Any) -> FullRun:
    network = NamedNetwork(name="b0", architecture=reference("efficientnet-b0"))
    return plan_full_run(network, experiment(**full), folder)


def train(folder: Path, **full: Any) -> dict[str, Any]:
    return train_in_full(full_run(folder, **full), console=Console(quiet=True), command="test")


def test_everything_promised_is_written(tmp_path: Path) -> None:
    results = train(tmp_path)
    names = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert names == {"architecture.yaml", "weights.safetensors", "history.csv", "curves.png", "result.json"}
    history = pd.read_csv(tmp_path / "history.csv")
    assert list(history["epoch"]) == [1, 2, 3]
    assert results["val_accuracy"] == history["val_accuracy"].iloc[-1]
    assert results["images"] == {"training": 192, "validation": 50, "test": 360}
    record = json.loads((tmp_path / "result.json").read_text())
    assert record["results"] == json.loads(json.dumps(results))
    assert record["settings"]["training"]["ema_decay"] == 0.9


@pytest.mark.slow
def test_the_loaded_network_has_the_recorded_test_accuracy(tmp_path: Path) -> None:
    results = train(tmp_path)
    network, expects = load_trained(tmp_path)
    digits = load_digits(tmp_path)
    images = prepare(torch.from_numpy(digits["test_images"]), expects.resolution, expects.mean, expects.std)
    with torch.inference_mode():
        correct = network(images).argmax(1).numpy() == digits["test_labels"]
    assert correct.mean() == pytest.approx(results["test_accuracy"], abs=1.5 / 360)
    assert correct.mean() > 0.2
    assert network.architecture.key == full_run(tmp_path).trained.key


def test_the_test_images_are_looked_at_once_and_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def counting(network: Any, part: Any, **settings: Any) -> Any:
        seen.append(len(pd.read_csv(tmp_path / "history.csv")))
        assert len(part) == 360
        return evaluate(network, part, **settings)

    monkeypatch.setattr(nas.train.full_training, "evaluate", counting)
    first = train(tmp_path)
    assert seen == [3]
    monkeypatch.setattr(nas.train.full_training, "train", pytest.fail)
    assert train(tmp_path) == json.loads(json.dumps(first))
    assert seen == [3]


@pytest.mark.slow
def test_killed_after_an_epoch_and_run_again_ends_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path / "whole")
    add = EpochLines.add

    def stopping(lines: EpochLines, epoch: Any) -> None:
        add(lines, epoch)
        if epoch.epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(EpochLines, "add", stopping)
        train(tmp_path / "torn")
    assert (tmp_path / "torn" / CHECKPOINT).is_file()
    assert not (tmp_path / "torn" / "weights.safetensors").exists()
    train(tmp_path / "torn")
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("whole", "torn")]
    assert weights[0] == weights[1]
    histories = [pd.read_csv(tmp_path / name / "history.csv").drop(columns="seconds") for name in ("whole", "torn")]
    pd.testing.assert_frame_equal(*histories)
    assert not (tmp_path / "torn" / CHECKPOINT).exists()


def test_a_finished_folder_answers_for_its_own_settings_only(tmp_path: Path) -> None:
    train(tmp_path, epochs=1)
    before = (tmp_path / "result.json").read_bytes()
    with pytest.raises(InvalidInput, match=r"training\.learning_rate: got 0\.05, accepted: 0\.1"):
        train(tmp_path, epochs=1, learning_rate=0.05)
    assert (tmp_path / "result.json").read_bytes() == before


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopping(_lines: EpochLines, _epoch: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(EpochLines, "add", stopping)
        train(tmp_path)
    with pytest.raises(InvalidInput, match=r"training\.epochs"):
        train(tmp_path, epochs=5)


def test_a_training_that_diverges_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="learning_rate") as caught:
        train(tmp_path, learning_rate=1e30, momentum=0.0, ema_decay=None)
    assert "diverged" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"settings": 1, "results": 2}'])
def test_a_broken_result_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "result.json").write_text(content)
    with pytest.raises(InvalidInput, match=r"result\.json"):
        train(tmp_path)


def test_more_images_than_there_are_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="train_images"):
        train(tmp_path / "run", train_images=2000)


def test_classes_are_named_where_folders_name_them(tmp_path: Path) -> None:
    for name in ("wasp", "ant", "bee"):
        (tmp_path / name).mkdir()
        for index in range(20):
            Image.fromarray(np.full((4, 4, 3), index, np.uint8)).save(tmp_path / name / f"{index}.png")
    assert class_names(f"folder:{tmp_path}?resolution=4") == ("ant", "bee", "wasp")
    assert class_names("digits") is None

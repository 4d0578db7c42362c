from __future__ import annotations

import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from rich.console import Console

import nas.train.full_training
from nas.config import NasConfig, NasExperiment
from nas.finished_search import NamedNetwork
from nas.train.curves import EpochLines
from nas.train.full_training import CHECKPOINT, FullRun, plan_full_run, train_in_full
from search_spaces import InvalidInput, save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.exchange.source import recorded_task
from search_spaces.reference import reference
from search_spaces.task import Task
from search_spaces.weights import load_trained
from tests.trials.pictures import write_pictures
from trials.data.datasets import load_digits
from trials.experiment import Compute, CostConfig, DataConfig
from trials.proxy import Proxy
from trials.training.augmentation import prepare
from trials.training.equipment import load_split
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
    return plan_full_run(network, experiment(**full), folder, proxy=True)


def train(folder: Path, **full: Any) -> dict[str, Any]:
    return train_in_full(full_run(folder, **full), console=Console(quiet=True), command="test")


def test_everything_promised_is_written(tmp_path: Path) -> None:
    results = train(tmp_path)
    names = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert names == {
        *("architecture.yaml", "weights.safetensors", "checkpoint.pt"),
        *("history.csv", "curves.png", "result.json"),
    }
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
        train(tmp_path, learning_rate=1e30, optimizer="sgd", momentum=0.0, ema_decay=None)
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


def test_a_finished_training_is_made_longer_and_ends_as_one_that_was_so_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path / "a", epochs=2)
    train(tmp_path / "b", epochs=2)
    longer = train(tmp_path / "a", epochs=4)
    assert list(pd.read_csv(tmp_path / "a" / "history.csv")["epoch"]) == [1, 2, 3, 4]
    assert longer["epochs"] == 4
    add = EpochLines.add

    def stopping(lines: EpochLines, epoch: Any) -> None:
        add(lines, epoch)
        if epoch.epoch == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(EpochLines, "add", stopping)
        train(tmp_path / "b", epochs=4)
    train(tmp_path / "b", epochs=4)
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]
    with pytest.raises(InvalidInput, match=r"training\.epochs: got 3, accepted: 4"):
        train(tmp_path / "a", epochs=3)


def deployed_run(folder: Path, data: DataConfig, resolution: tuple[int, int], num_classes: int) -> FullRun:
    """A network of no great size, at the resolution of the data."""
    architecture = replace(
        reference("efficientnet-b0"), resolution=resolution, stages=reference("efficientnet-b0").stages[:2]
    )
    settings = replace(experiment(epochs=1, train_images=32), data=data, cost=CostConfig(num_classes=num_classes))
    return plan_full_run(NamedNetwork(name="found", architecture=architecture), settings, folder)


def write_npz(path: Path) -> str:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 16, 16), dtype=np.uint8)
    labels = np.arange(60) % 3
    np.savez(path, x_train=images, y_train=labels, x_test=images[:12], y_test=labels[:12])
    return f"npz:{path}"


@pytest.mark.parametrize("kind", ["folder", "npz", "digits"])
def test_the_trained_network_is_the_one_that_was_asked_for(tmp_path: Path, kind: str) -> None:
    """Multiply-adds, parameters and pixels of the weights are those of the file; nothing of the proxy is in them."""
    name = {
        "folder": lambda: f"folder:{write_pictures(tmp_path / 'pictures', {'ant': 30, 'bee': 30})}",
        "npz": lambda: write_npz(tmp_path / "x.npz"),
        "digits": lambda: "digits",
    }[kind]()
    classes, channels = {"folder": (2, 3), "npz": (3, 1), "digits": (10, 1)}[kind]
    data = DataConfig(
        name=name, folder=str(tmp_path), validation_images=8, resolution=(12, 12) if kind == "folder" else None
    )
    run = deployed_run(tmp_path / "run", data, (16, 20), classes)
    results = train_in_full(run, console=Console(quiet=True), command="test")
    network, expects = load_trained(tmp_path / "run")
    asked = estimate_cost(run.asked.architecture, classes, channels)
    assert network.architecture.key == run.asked.architecture.key
    assert expects.resolution == (16, 20) == run.trained.input_size
    assert sum(weights.numel() for weights in network.parameters()) == asked.params
    assert results["trained"] == {"proxy": False, **asdict(asked)}
    assert expects.classes == (("ant", "bee") if kind == "folder" else None)
    assert recorded_task(tmp_path / "run" / "architecture.yaml") == Task(num_classes=classes, in_channels=channels)


def test_weights_of_another_network_do_not_load_without_a_word(tmp_path: Path) -> None:
    run = deployed_run(tmp_path / "run", DataConfig(name="digits", validation_images=50), (16, 16), 10)
    train_in_full(run, console=Console(quiet=True), command="test")
    other = replace(run.trained, stem=replace(run.trained.stem, stride=1))  # the same shapes of weights
    save_architecture(other, tmp_path / "run" / "architecture.yaml", num_classes=10, in_channels=1)
    with pytest.raises(InvalidInput, match="weights of another network"):
        load_trained(tmp_path / "run")


def test_one_line_says_what_is_trained(tmp_path: Path) -> None:
    out = io.StringIO()
    run = deployed_run(tmp_path / "run", DataConfig(name="digits", validation_images=50), (16, 16), 1000)
    train_in_full(run, console=Console(file=out, width=200), command="test")
    first, second, *_ = out.getvalue().splitlines()
    assert first.startswith("trains found: 16 x 16 px, ")
    assert "10 classes; digits: 32 training, 50 validation, 360 test images, 1 epochs" in first
    assert "counts networks with 1000 classes" in second


def test_a_finished_training_answers_for_its_own_images_alone(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "pictures", {"ant": 10, "bee": 10})
    data = DataConfig(name=f"folder:{root}", folder=str(tmp_path / "data"), validation_images=4)
    run = replace(full_run(tmp_path / "full", epochs=1), data=data)
    first = train_in_full(run, console=Console(quiet=True), command="test")
    assert train_in_full(run, console=Console(quiet=True), command="test")["val_loss"] == first["val_loss"]
    (root / "ant" / "0.png").write_bytes((root / "bee" / "0.png").read_bytes())
    with pytest.raises(InvalidInput, match=r"^data\.content: "):
        train_in_full(run, console=Console(quiet=True), command="test")
    (tmp_path / "full" / "result.json").unlink()
    load_split.cache_clear()
    with pytest.raises(InvalidInput, match=r"checkpoint\.pt: got .*data="):
        train_in_full(run, console=Console(quiet=True), command="test")

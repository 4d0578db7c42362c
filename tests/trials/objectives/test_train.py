from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from search_spaces import Architecture, Head, Stage, Stem
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from tests.trials.tiny import tiny_split
from trials.experiment import Compute, DataConfig
from trials.objectives.train import Training
from trials.proxy import Proxy
from trials.study.candidate import Candidate, Stopped, ignore_reports
from trials.training_config import TrainingConfig

SMALL = Architecture(
    resolution=16, stem=Stem(width=8), stages=(Stage(op="conv", width=8, depth=1),), head=Head(width=None)
)
TRAINING = Training(
    data=DataConfig(name="digits"),
    proxy=Proxy(width=0.5, resolution=0.5),
    training=TrainingConfig(epochs=2, batch_size=16, warmup_epochs=0),
    compute=Compute(device="cpu", threads=1),
)


def candidate(seed: int = 3, **labels: Any) -> Candidate:
    return Candidate(number=0, trial_id=0, architecture=SMALL, seed=seed, cost=estimate_cost(SMALL), labels=labels)


@pytest.fixture(autouse=True)
def tiny_images(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    split = tiny_split()
    monkeypatch.setattr("trials.objectives.train.load_split", lambda _data: split)
    yield


def test_it_reports_each_epoch_and_returns_the_last() -> None:
    told: list[tuple[int, float]] = []
    metrics = TRAINING(candidate(), lambda *report: told.append(report))
    assert [epoch for epoch, _ in told] == [1, 2]
    assert metrics["val_accuracy"] == told[-1][1]
    assert metrics.keys() == {"val_accuracy", "val_loss", "train_seconds"}
    assert 0 <= metrics["val_accuracy"] <= 1 and math.isfinite(metrics["val_loss"])


def test_the_seed_of_a_candidate_decides_its_numbers() -> None:
    losses = [TRAINING(candidate(seed), ignore_reports)["val_loss"] for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_a_label_sets_the_number_of_epochs() -> None:
    told: list[int] = []
    metrics = TRAINING(candidate(epochs=3), lambda epoch, _accuracy: told.append(epoch))
    longer = replace(TRAINING, training=replace(TRAINING.training, epochs=3))
    assert told == [1, 2, 3]
    assert metrics["val_loss"] == longer(candidate(), ignore_reports)["val_loss"]


def test_a_stop_ends_a_training_but_not_after_its_last_epoch() -> None:
    def stop_at(wanted: int) -> Any:
        def stop(epoch: int, _accuracy: float) -> None:
            if epoch == wanted:
                raise Stopped

        return stop

    with pytest.raises(Stopped):
        TRAINING(candidate(), stop_at(1))
    assert TRAINING(candidate(), stop_at(2))["val_accuracy"] >= 0


def test_the_proxy_is_trained_at_its_own_size(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Architecture] = []
    from trials.objectives import train

    original = train.build_seeded

    def build(small: Architecture, *rest: Any, **more: Any) -> Any:
        built.append(small)
        return original(small, *rest, **more)

    monkeypatch.setattr(train, "build_seeded", build)
    TRAINING(candidate(), ignore_reports)
    assert [(small.resolution, small.stem.width) for small in built] == [(8, 4)]


def test_wrong_data_are_told_before_a_study_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(InvalidInput, match=r"data\.name"):
        replace(TRAINING, data=DataConfig(name="no-such-data")).prepare()

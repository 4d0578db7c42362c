from __future__ import annotations

from pathlib import Path

from search_spaces.reference import reference
from trials.check.findings import Findings
from trials.check.shared_pace import check_shared_pace
from trials.duration import duration
from trials.experiment import Compute, DataConfig, Experiment, ObjectiveConfig
from trials.proxy import Proxy

LONG = {"epochs": 1_000_000, "batch_size": 32, "warmup_epochs": 0.1}


def told(folder: Path, objective: ObjectiveConfig) -> tuple[float, list[str]]:
    experiment = Experiment(
        objective=objective,
        data=DataConfig(name="digits", folder=str(folder), train_images=64, validation_images=50),
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.0357, drop_strides=3),
        compute=Compute(device="cpu", threads=1),
    )
    findings = Findings()
    seconds = check_shared_pace([reference("efficientnet-b0")], 100, experiment, findings)
    return seconds, findings.facts["time"]


def test_the_time_is_that_of_one_training_and_of_the_scores(tmp_path: Path) -> None:
    seconds, (total, first, second) = told(tmp_path, ObjectiveConfig(name="shared", training=LONG))
    assert seconds > 10_000
    assert total == f"{duration(seconds)}, timed on a few batches of 1 network:"
    assert first.endswith(" to train the shared weights, once")
    assert "to judge 100 networks with them, " in second


def test_weights_that_are_there_take_no_time(tmp_path: Path) -> None:
    seconds, (_, first, _) = told(tmp_path, ObjectiveConfig(name="shared", weights="there", training=LONG))
    assert seconds < 10_000
    assert first == "shared weights: those of there"

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search_spaces.reference import reference
from trials.check.findings import Findings
from trials.check.pace import check_pace, peak_memory, warn_of_load
from trials.experiment import Compute, DataConfig, Experiment
from trials.proxy import Proxy
from trials.training_config import TrainingConfig


def test_so_many_trainings_take_so_long(tmp_path: Path) -> None:
    experiment = Experiment(
        data=DataConfig(name="digits", folder=str(tmp_path), train_images=64, validation_images=50),
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.0357, drop_strides=3, batch_norm_momentum=0.1),
        training=TrainingConfig(epochs=1, batch_size=32, warmup_epochs=0.1, recalibrate_batches=0),
        compute=Compute(device="cpu", threads=1),
    )
    findings = Findings()
    seconds = check_pace([reference("efficientnet-b0")], 100_000_000, experiment, findings)
    assert seconds > 24 * 3600
    assert findings.facts["time"][0].endswith("timed on a few batches of 1 network")
    assert any("this will take" in warning for warning in findings.warnings)


def test_memory_is_that_of_this_process() -> None:
    assert 2**26 < peak_memory() < 2**40
    before = peak_memory()
    assert peak_memory() >= before
    assert pytest.approx(before, rel=0.5) == peak_memory()


@pytest.mark.parametrize(
    ("load", "threads", "warned"), [(9.0, 2, True), (9.0, 1, True), (1.5, 2, True), (1.5, 1, False), (0.1, 2, False)]
)
def test_a_busy_machine_is_told_and_to_several_threads_sooner(
    load: float, threads: int, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr("trials.check.pace.available_cores", lambda: 2)
    findings = Findings()
    warn_of_load(Experiment(compute=Compute(threads=threads)), findings)
    assert [f"load {load}" in warning for warning in findings.warnings] == [True] * warned

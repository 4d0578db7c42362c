from __future__ import annotations

import math
from pathlib import Path

import pytest

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.check import memory
from trials.check.findings import Findings
from trials.check.memory import free_memory, image_bytes, memory_doubt
from trials.check.pace import check_pace
from trials.experiment import Compute, Experiment
from trials.training_config import TrainingConfig

B0 = reference("efficientnet-b0")
WIDE = Experiment(training=TrainingConfig(batch_size=256), compute=Compute(device="cpu"))


def test_what_a_training_takes_by_hand() -> None:
    activations = estimate_cost(B0, *WIDE.cost.task).activations
    assert image_bytes(B0, WIDE) == 20 * activations


def test_too_little_is_told_with_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = 256 * image_bytes(B0, WIDE)
    monkeypatch.setattr(memory, "free_memory", lambda: 0.6 * needed)
    doubt = memory_doubt([B0], WIDE)
    assert doubt is not None
    assert f"in batches of 256 takes about {needed / 2**30:.0f} GB" in doubt
    assert "(training.batch_size: 64)" in doubt  # 64 take a quarter, 128 more than half of what is free
    findings = Findings()
    assert math.isnan(check_pace([B0], 3, WIDE, findings))  # and nothing was trained, which would end here
    assert findings.warnings == [f"{doubt}; nothing was timed"]


def test_enough_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1.01 * 256 * image_bytes(B0, WIDE))
    assert memory_doubt([B0], WIDE) is None


def test_where_nobody_knows_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "MEMORY_INFO", tmp_path / "none")
    assert free_memory() is None
    assert memory_doubt([B0], WIDE) is None


@pytest.mark.parametrize("text", ["MemTotal: 10 kB\n", "MemAvailable: many\n", "MemAvailable:\n", "\n"])
def test_an_unknown_form_is_no_crash(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text(text)
    monkeypatch.setattr(memory, "MEMORY_INFO", tmp_path / "meminfo")
    assert free_memory() is None


def test_it_is_read_in_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  200 kB\nMemAvailable:    100 kB\n")
    monkeypatch.setattr(memory, "MEMORY_INFO", tmp_path / "meminfo")
    assert free_memory() == 100 * 1024

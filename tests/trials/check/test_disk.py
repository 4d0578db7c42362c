from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from search_spaces.reference import reference
from trials.check.disk import check_disk, image_bytes
from trials.check.findings import Findings
from trials.data.facts import data_facts
from trials.experiment import DataConfig, Experiment, ObjectiveConfig
from trials.proxy import Proxy

NETWORKS = [reference("efficientnet-b0")]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_images_take_a_byte_for_each_channel_of_each_pixel(tmp_path: Path) -> None:
    facts = data_facts("digits", tmp_path)
    assert image_bytes(DataConfig(name="digits"), facts) == (1437 + 360) * 8 * 8
    assert image_bytes(DataConfig(name="digits", resolution=16), facts) == (1437 + 360) * 16 * 16


def test_weights_of_trainings_count(tmp_path: Path) -> None:
    data, facts = DataConfig(name="digits"), data_facts("digits", tmp_path)
    full = check_disk(Experiment(data=data), facts, 1, NETWORKS, tmp_path, Findings())
    small = check_disk(Experiment(data=data, proxy=Proxy(width=0.125)), facts, 1, NETWORKS, tmp_path, Findings())
    known = Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"))
    assert full - small > 12 * 4_000_000
    assert check_disk(known, None, 1, NETWORKS, tmp_path, Findings()) < small


def test_too_little_is_warned_of_and_the_folder_need_not_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings, known = Findings(), Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"))
    check_disk(known, None, 10, NETWORKS, tmp_path / "not" / "there", findings)
    assert (findings.facts["disk"], findings.warnings) == (["about 5 MB for the results"], [])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 2_000_000))
    check_disk(known, None, 10, NETWORKS, tmp_path, findings)
    assert findings.warnings == [f"only 2 MB are free where the results will be: {tmp_path}"]

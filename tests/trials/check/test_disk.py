from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from search_spaces.reference import reference
from trials.check.disk import check_disk, image_bytes
from trials.check.findings import Findings
from trials.experiment import DataConfig, Experiment, ObjectiveConfig
from trials.proxy import Proxy

NETWORKS = [reference("efficientnet-b0")]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_images_take_a_byte_for_each_channel_of_each_pixel(tmp_path: Path) -> None:
    assert image_bytes(DataConfig(name="digits", folder=str(tmp_path))) == (1437 + 360) * 8 * 8
    assert image_bytes(DataConfig(name="digits", folder=str(tmp_path), resolution=16)) == (1437 + 360) * 16 * 16


def test_weights_of_trainings_count(tmp_path: Path) -> None:
    data = DataConfig(name="digits", folder=str(tmp_path))
    full = check_disk(Experiment(data=data), 1, NETWORKS, tmp_path, Findings())
    small = check_disk(Experiment(data=data, proxy=Proxy(width=0.125)), 1, NETWORKS, tmp_path, Findings())
    known = Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"))
    assert full - small > 12 * 4_000_000
    assert check_disk(known, 1, NETWORKS, tmp_path, Findings()) < small


def test_too_little_is_warned_of_and_the_folder_need_not_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings, known = Findings(), Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"))
    check_disk(known, 10, NETWORKS, tmp_path / "not" / "there", findings)
    assert (findings.facts["disk"], findings.warnings) == (["about 5 MB for the results"], [])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 2_000_000))
    check_disk(known, 10, NETWORKS, tmp_path, findings)
    assert findings.warnings == [f"only 2 MB are free where the results will be: {tmp_path}"]

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from nas.cli import main
from tests.trials.pictures import write_pictures


@pytest.mark.slow
def test_five_lines_are_checked_and_run_dry(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "p", {"ant": 40, "bee": 40}, (16, 16))
    entry = {"data": {"name": f"folder:{root}", "folder": str(tmp_path / "d")}, "limits": {"max_flops": "50M"}}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"mine": entry | {"compute": {"threads": 1}}}))
    places = ["mine", "--file", str(tmp_path / "own.yaml"), "--out", str(tmp_path / "results")]
    checked = CliRunner().invoke(main, ["check", *places])
    assert checked.exit_code == 0, checked.output
    assert "num_classes: 2" in checked.output
    assert "2 classes, 80 images, all 16 x 16 px" in checked.output
    assert "trainings:" in checked.output
    assert "uncertain by" in checked.output
    dry = CliRunner().invoke(main, ["run", *places, "--dry-run"])
    assert dry.exit_code == 0
    assert not (tmp_path / "results").exists()
    told = next(line for line in checked.output.splitlines() if line.startswith("disk:"))
    results, images = (1e6 * float(number) for number in re.findall(r"(\d+) MB", told))
    short = ["--set", "training.epochs=1", "--set", "nas.references=[]"]
    ran = CliRunner().invoke(main, ["run", *places, "--trials", "2", *short])
    assert ran.exit_code in (0, 1), ran.output  # 1: after one epoch nothing may be better than chance
    assert results / 2 < size(tmp_path / "results") < 2 * results
    assert size(tmp_path / "d") < images


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

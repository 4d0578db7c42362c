"""The same seed gives the same trials wherever and however the command is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parents[3]
ENTRY = {
    "resolution": 8,
    "data": {"name": "digits", "train_images": 64, "validation_images": 50},
    "proxy": {"width": 0.125, "depth": 0.4, "resolution": 1.0, "drop_strides": 4},
    "training": {"epochs": 1, "batch_size": 32, "recalibrate_batches": 0},
    "compute": {"threads": 1, "device": "cpu"},
    "nas": {"trials": 3, "sampler": "evolution", "references": []},
}
RUN = "from nas.cli import main; main()"


def trials(folder: Path, out: Path, data: Path, **environment: str) -> pd.DataFrame:
    """Run the search in a process of its own, started in `folder`; return its table without times."""
    folder.mkdir()
    (folder / "experiments.yaml").write_text(yaml.safe_dump({"try": ENTRY}))
    command = ["run", "try", "--out", str(out), "--set", f"data.folder={data}"]
    inherited = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command], cwd=folder, env=inherited, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    table = pd.read_csv(out / "try" / "nas" / "trials.csv")
    assert len(table) == 3
    return table.drop(columns=[name for name in table if "seconds" in name])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_place_locale_hashes_and_a_home_that_cannot_be_written_change_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = trials(tmp_path / "a", tmp_path / "one", data, PYTHONHASHSEED="1", LC_ALL="C")
    elsewhere = {"PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8", "LANG": "de_DE", "HOME": "/proc"}
    second = trials(tmp_path / "b", tmp_path / "two", data, **elsewhere)
    pd.testing.assert_frame_equal(first, second)

"""The same seed gives the same trials wherever and however the command is started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
SHARED = ENTRY | {
    "objective": {"name": "shared", "training": {"epochs": 1, "batch_size": 32, "warmup_epochs": 0.1}},
    "nas": {"trials": 40, "sampler": "linear", "batch": 8, "references": [], "finalists": 0},
}
del SHARED["training"]
ELSEWHERE = {"PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8", "LANG": "de_DE", "HOME": "/proc"}
RUN = "from nas.cli import main; main()"


def trials(
    folder: Path, out: Path, data: Path, *options: str, entry: dict[str, Any] = ENTRY, **environment: str
) -> pd.DataFrame:
    """Run the search in a process of its own, started in `folder`; return its table without times."""
    folder.mkdir()
    (folder / "experiments.yaml").write_text(yaml.safe_dump({"try": entry}))
    command = ["run", "try", "--out", str(out), "--set", f"data.folder={data}", *options]
    inherited = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command], cwd=folder, env=inherited, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    table = pd.read_csv(out / "try" / "nas" / "trials.csv")
    assert len(table) == entry["nas"]["trials"]
    return table.drop(columns=[name for name in table if "seconds" in name])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_place_locale_hashes_and_a_home_that_cannot_be_written_change_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = trials(tmp_path / "a", tmp_path / "one", data, PYTHONHASHSEED="1", LC_ALL="C")
    second = trials(tmp_path / "b", tmp_path / "two", data, **ELSEWHERE)
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_shared_weights_and_the_model_of_them_are_the_same_elsewhere_and_on_one_core(tmp_path: Path) -> None:
    data, everywhere = tmp_path / "data", os.sched_getaffinity(0)
    first = trials(tmp_path / "a", tmp_path / "one", data, entry=SHARED, PYTHONHASHSEED="1", LC_ALL="C")
    assert first["smoothed"].notna().all()
    os.sched_setaffinity(0, {min(everywhere)})  # its weights are trained by one process then, not by two
    try:
        second = trials(tmp_path / "b", tmp_path / "two", data, entry=SHARED, **ELSEWHERE)
    finally:
        os.sched_setaffinity(0, everywhere)
    pd.testing.assert_frame_equal(first, second)


@contextmanager
def busy_machine() -> Iterator[None]:
    """Keep every core busy with twice as many processes as there are cores."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_busy_machine_changes_nothing(tmp_path: Path) -> None:
    idle = trials(tmp_path / "a", tmp_path / "one", tmp_path / "data")
    with busy_machine():
        busy = trials(tmp_path / "b", tmp_path / "two", tmp_path / "data")
    pd.testing.assert_frame_equal(idle, busy)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_workers_train_what_one_process_trains(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    in_batches = ["--set", "nas.batch=2", "--deterministic"]
    one = trials(tmp_path / "a", tmp_path / "one", tmp_path / "data", *in_batches)
    workers = ["--engine", "ray", "--concurrency", "2"]
    two = trials(tmp_path / "b", tmp_path / "two", tmp_path / "data", *in_batches, *workers)
    pd.testing.assert_frame_equal(one, two)


def test_another_number_of_threads_is_refused(tmp_path: Path) -> None:
    trials(tmp_path / "a", tmp_path / "one", tmp_path / "data")
    command = ["run", "try", "--out", str(tmp_path / "one"), "--set", "compute.threads=2"]
    command += ["--set", f"data.folder={tmp_path / 'data'}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command],
        cwd=tmp_path / "a",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "compute.threads" in done.stderr and len(done.stderr.strip().splitlines()) == 1

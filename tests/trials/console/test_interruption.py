"""What ends a run from outside: signals, a full disk, folders that cannot be written, studies of another version."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import optuna
import pytest

from search_spaces import InvalidInput
from trials.study.storage import exclusive, open_storage

EXPERIMENT = """
slow:
  objective: {python: "slow:evaluate"}
  nas: {sampler: random, trials: 6, references: []}
"""
SLOW = """
import os, time
def evaluate(architecture, seed):
    print("evaluating", flush=True)
    time.sleep(float(os.environ.get("SLEEP", 0)))
    return {"val_accuracy": 0.5}
"""
NAS = [sys.executable, "-c", "from nas.cli import main; main()", "run", "slow"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "experiments.yaml").write_text(EXPERIMENT)
    (tmp_path / "slow.py").write_text(SLOW)
    return tmp_path


def start(folder: Path, sleep: float) -> subprocess.Popen[str]:
    """Start a run and wait until it evaluates its first candidate."""
    environment = {**os.environ, "SLEEP": str(sleep), "PYTHONPATH": str(Path.cwd())}
    pipe = subprocess.PIPE
    process = subprocess.Popen(NAS, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    while "evaluating" not in (line := process.stdout.readline()):
        assert line or process.poll() is None, process.communicate()
    return process


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_from_which_it_goes_on(folder: Path, number: int, exit_code: int) -> None:
    process = start(folder, sleep=60)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == exit_code
    assert len(errors.strip().splitlines()) == 1 and "goes on" in errors
    (study,) = [name for name in optuna.get_all_study_names(_storage(folder)) if name.endswith("candidates")]
    trials = optuna.load_study(study_name=study, storage=_storage(folder)).trials
    assert [trial.state.name for trial in trials] == ["WAITING"]
    start(folder, sleep=0).communicate(timeout=60)
    trials = optuna.load_study(study_name=study, storage=_storage(folder)).trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 6
    assert trials[0].user_attrs["lease"]["attempt"] == 1


def test_a_second_signal_ends_the_process_at_once(folder: Path) -> None:
    tidying = """
    try:
        print("evaluating", flush=True)
        time.sleep(60)
    finally:
        print("tidying", flush=True)
        time.sleep"""
    (folder / "slow.py").write_text(SLOW.replace('\n    print("evaluating", flush=True)\n    time.sleep', tidying))
    inline = EXPERIMENT + "  compute: {engine: inline}\n"  # in a process of its own it is ended at the first
    (folder / "experiments.yaml").write_text(inline)
    process = start(folder, sleep=60)
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    while "tidying" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130


def test_a_full_disk_is_one_line_and_loses_nothing(folder: Path) -> None:
    def limit() -> None:  # writing beyond it fails, as on a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))

    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONDONTWRITEBYTECODE": "1"}
    shown: dict[str, Any] = {"cwd": folder, "env": environment, "capture_output": True, "text": True}
    full = subprocess.run(NAS, preexec_fn=limit, check=False, **shown)
    assert full.returncode == 1
    assert len(full.stderr.strip().splitlines()) == 1 and "make room" in full.stderr
    journal = folder / "results/slow/nas/study.journal"
    assert journal.read_bytes().endswith(b"\n")
    finished = journal.read_text().count('"values":[')
    assert 0 < finished < 6
    again = subprocess.run(NAS, check=True, **shown)
    assert again.stdout.count("evaluating") == 6 - finished


@pytest.mark.parametrize("place", ["/proc/no-such-place", "a-file"])
def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").touch()
    with pytest.raises(InvalidInput, match="can be written"), exclusive(tmp_path / place / "results"):
        raise AssertionError("nothing can be written there")


def test_a_damaged_journal_is_named_and_left_alone(tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"
    study = optuna.create_study(study_name="s", storage=open_storage(None, journal))
    for _ in range(3):
        study.ask()
    lines = journal.read_bytes().splitlines(keepends=True)
    for damage in (b"garbage\n", b"[1]\n", b'{"op_code": 4}\n', b"\xff\xfe\n", b'{"op_code": "x", "worker_id": 3}\n'):
        for place in (1, len(lines)):
            damaged = b"".join([*lines[:place], damage, *lines[place:]])
            journal.write_bytes(damaged)
            with pytest.raises(InvalidInput, match=r"study\.journal"):
                open_storage(None, journal)
            assert journal.read_bytes() == damaged


def _storage(folder: Path) -> optuna.storages.BaseStorage:
    return open_storage(None, folder / "results/slow/nas/study.journal")

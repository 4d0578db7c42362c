from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from trials.engines.scratch import goes_with, scratch_folder

KILLED = """
import os, sys, pathlib
from trials.engines.scratch import goes_with, scratch_folder
with scratch_folder() as folder:
    (folder / "trials").mkdir()
    goes_with(folder, pathlib.Path(sys.argv[1]))
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_what_a_killed_process_left_is_removed_by_the_next(temporary: Path) -> None:
    notes = temporary / "session" / "trials"
    notes.mkdir(parents=True)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(notes)], env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = temporary.glob("compound-nas-*")
    assert (left / "trials").is_dir()
    with scratch_folder() as folder:
        assert list(temporary.glob("compound-nas-*")) == [folder]
        assert not notes.exists() and notes.parent.is_dir()


def test_the_folder_of_a_living_process_stays(temporary: Path) -> None:
    with scratch_folder() as first:
        program = "from trials.engines.scratch import scratch_folder as f\nwith f() as folder: print(folder)"
        other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert first.is_dir()
        assert Path(other.stdout.strip()).parent == temporary
    assert not list(temporary.glob("compound-nas-*"))


def test_a_run_leaves_nothing_even_where_it_fails(temporary: Path) -> None:
    notes = temporary / "notes"
    notes.mkdir()
    with pytest.raises(OSError, match="full"), scratch_folder() as folder:
        goes_with(folder, notes)
        raise OSError("full")
    assert not list(temporary.iterdir())

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trials.isolation.process import Child, ending
from trials.objectives.user_function import UserFunction

PARENT = """
import sys
from tests.trials.isolation.test_objective import CANDIDATE
from trials.isolation.objective import Isolated
from trials.objectives.user_function import UserFunction
from trials.study.candidate import ignore_reports

isolated = Isolated(objective=UserFunction(python="tests.trials.isolation.misbehaving:misbehave"))
isolated(CANDIDATE, ignore_reports)
print("done", flush=True)
sys.stdin.read()
"""
PATIENCE_S = 60.0


def is_there(process: int) -> bool:
    """Tell whether a process lives; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def seen(path: Path) -> int:
    """Wait for the number of a process to be written down, and return it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError(f"nobody wrote {path}")


def gone(process: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while is_there(process) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_there(process)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("deed", "left"), [("hang", "child"), ("hang_with_the_lock", "child"), ("leave_a_program", "program")]
)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_nothing_outlives_the_parent(tmp_path: Path, deed: str, left: str, number: signal.Signals) -> None:
    root = Path(__file__).parents[3]
    environment = os.environ | {"DEED": deed, "PYTHONPATH": str(root)}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    processes = {seen(tmp_path / "child"), seen(tmp_path / left)}
    assert all(map(is_there, processes))
    parent.send_signal(number)
    parent.communicate()
    assert all(map(gone, processes))


def test_a_process_that_is_forgotten_ends() -> None:
    child = Child(UserFunction(python="math:sqrt"), lambda _line: None)
    child.send(None)
    assert child.receive() == {"prepared": True}
    process = child._process
    del child
    assert process.returncode is not None


def test_what_it_does_at_its_exit_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import atexit, pathlib\natexit.register(pathlib.Path('left').touch)\ndef f(architecture, seed): ...\n"
    (tmp_path / "leaving.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    child = Child(UserFunction(python="leaving:f"), lambda _line: None)
    child.send(None)
    assert child.receive() == {"prepared": True}
    assert child.end() == "its process ended itself with exit code 0"
    assert (tmp_path / "left").exists()


def test_how_a_process_ended_is_told() -> None:
    assert ending(-signal.SIGTERM) == "its process was ended by a signal (SIGTERM)"
    assert ending(-63) == "its process was ended by signal 63"
    assert ending(3) == "its process ended itself with exit code 3"

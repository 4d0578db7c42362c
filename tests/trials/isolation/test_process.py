from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from trials.isolation import process as module
from trials.isolation.process import Allowance, Child, ending
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


class Signalled(BaseException):
    """What a signal raises."""


def waits_until_a_signal(child: Child, moment: int) -> bool:
    """Let a signal come after `moment` steps of Python's in looking at the process; False where there are no more."""
    steps = itertools.count(1)

    def step(frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        frame.f_trace_opcodes = frame.f_code.co_filename == subprocess.__file__
        if event == "opcode" and next(steps) == moment:
            raise Signalled
        return step

    sys.settrace(step)
    try:
        child.receive(Allowance(seconds=0.01))
    except Signalled:
        return True
    except TimeoutError:
        return False
    finally:
        sys.settrace(None)
    raise AssertionError("the process has nothing to say")


def test_a_signal_at_any_moment_of_waiting_does_not_keep_it_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "START", "import time; time.sleep(60)")
    for moment in itertools.count(1):
        child = Child(None, lambda _line: None)
        signalled = waits_until_a_signal(child, moment)
        thread = threading.Thread(target=child.end, kwargs={"at_once": True}, daemon=True)
        thread.start()
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), moment
        if not signalled:
            break
    assert moment > 20


def test_how_a_process_ended_is_told() -> None:
    assert ending(-signal.SIGTERM) == "its process was ended by a signal (SIGTERM)"
    assert ending(-63) == "its process was ended by signal 63"
    assert ending(3) == "its process ended itself with exit code 3"


SLOW = """
from dataclasses import replace
from tests.trials.isolation.test_objective import CANDIDATE
from trials.isolation.objective import Isolated
from trials.objectives.user_function import UserFunction
from trials.study.candidate import ignore_reports

slow = Isolated(objective=UserFunction(python="tests.trials.isolation.misbehaving:slow"), max_seconds=2.5)
slow.prepare()
print(slow._child._process.pid, flush=True)
print(slow(replace(CANDIDATE, seed=1), ignore_reports)["val_accuracy"], flush=True)
slow.end()
"""


@pytest.mark.parametrize("everything", [False, True], ids=["the run", "the run and its process"])
def test_time_in_which_the_run_was_stopped_is_not_its_candidates(everything: bool) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout is not None
        child = int(run.stdout.readline())
        time.sleep(0.3)
        stopped = [run.pid, child] if everything else [run.pid]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        time.sleep(4)  # longer than a candidate may take
        for process in stopped:
            os.kill(process, signal.SIGCONT)
        assert run.stdout.read() == "0.5\n"
    assert run.returncode == 0


def test_an_allowance_is_used_up_while_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 100.5, 101.0, 7000.0, 7000.5, 7002.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(times))
    allowed = Allowance(seconds=3.0)
    assert [allowed.left() for _ in range(5)] == [2.5, 2.0, 1.0, 0.5, -0.5]

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from trials.isolation import objective as module
from trials.isolation.objective import Isolated
from trials.objectives.user_function import UserFunction
from trials.study.candidate import Candidate, Failed, Stopped, ignore_reports

B0 = reference("efficientnet-b0")
CANDIDATE = Candidate(number=0, trial_id=0, architecture=B0, seed=3, cost=estimate_cost(B0))
HERE = "tests.trials.isolation.misbehaving"
Make = Callable[..., Isolated]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Return what makes isolated objectives that begin in an empty folder; each is ended with the test."""
    monkeypatch.chdir(tmp_path)
    made: list[Isolated] = []

    def make_one(name: str = "misbehave", deed: str = "", max_seconds: float | None = None) -> Isolated:
        monkeypatch.setenv("DEED", deed)
        made.append(Isolated(objective=UserFunction(python=f"{HERE}:{name}"), max_seconds=max_seconds))
        return made[-1]

    yield make_one
    for one in made:
        one.end()


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("exit", "SystemExit: 0"),
        ("os_exit", "its process ended itself with exit code 0"),
        ("segfault", "its process crashed (SIGSEGV)"),
        ("killed", "its process was killed (SIGKILL): out of memory, as a rule"),
        ("interrupt", "KeyboardInterrupt"),
        ("mute", "Mute: (its text cannot be told: __str__ raises ZeroDivisionError)"),
    ],
)
def test_what_ends_a_program_fails_one_candidate_with_the_reason(make: Make, deed: str, reason: str) -> None:
    isolated = make(deed=deed)
    isolated.prepare()
    with pytest.raises(Failed) as caught:
        isolated(CANDIDATE, ignore_reports)
    assert str(caught.value) == reason
    assert isolated(CANDIDATE, ignore_reports)["val_accuracy"] == 0.5


@pytest.mark.parametrize("deed", ["close_output", "chdir", "print_much"])
def test_what_ends_nothing_is_put_right(make: Make, tmp_path: Path, deed: str) -> None:
    lines: list[str] = []
    isolated = make(deed=deed)
    isolated.begin(lines.append)
    first, second = (isolated(CANDIDATE, ignore_reports) for _ in range(2))
    isolated.end()
    assert first == second  # the same process, which no longer is this one
    assert first["process"] != os.getpid()
    assert lines[0] == lines[-1] == f"in {tmp_path}"
    assert Path.cwd() == tmp_path


def test_a_candidate_out_of_time_fails_and_its_process_is_gone(make: Make, tmp_path: Path) -> None:
    for deed in ("hang", "hang_with_the_lock"):
        (tmp_path / "calm").unlink(missing_ok=True)
        isolated = make(deed=deed, max_seconds=0.5)
        with pytest.raises(Failed, match=r"^out of time: not finished after 0\.5 s \(limits\.max_seconds\)$"):
            isolated(CANDIDATE, ignore_reports)
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "child").read_text()), 0)
        assert isolated(CANDIDATE, ignore_reports)["val_accuracy"] == 0.5


def test_without_a_limit_a_candidate_has_many_times_as_long_as_the_slowest_before(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GUARD_FLOOR_S", 0.5)
    isolated = make("slow")
    isolated(replace(CANDIDATE, seed=0), ignore_reports)
    with pytest.raises(Failed) as caught:
        isolated(replace(CANDIDATE, seed=600), ignore_reports)
    assert str(caught.value) == (
        "out of time: not finished after 0.5 s (10 times the slowest candidate before, 0.5 s at least; "
        "limits.max_seconds sets another limit)"
    )


def test_the_first_candidate_has_no_limit_but_the_one_that_is_set(make: Make) -> None:
    assert make("slow")._limit() == (None, "")
    assert make("slow", max_seconds=7)._limit() == (7, "limits.max_seconds")


def test_reports_come_through_one_by_one_and_may_end_it(make: Make) -> None:
    told: list[tuple[int, float]] = []

    def report(step: int, value: float) -> None:
        told.append((step, value))
        if step == 3:
            raise Stopped

    isolated = make("reporting")
    with pytest.raises(Stopped):
        isolated(CANDIDATE, report)
    assert told == [(1, 0.1), (2, 0.2), (3, 0.3)]
    assert isolated(CANDIDATE, ignore_reports) == {"val_accuracy": 1.0}


def test_what_interrupts_a_candidate_here_ends_its_process(make: Make) -> None:
    def report(_step: int, _value: float) -> None:
        raise KeyboardInterrupt

    isolated = make("reporting")
    with pytest.raises(KeyboardInterrupt):
        isolated(CANDIDATE, report)
    assert isolated._child is None


def test_a_copy_has_a_process_of_its_own(make: Make) -> None:
    isolated = make(deed="chdir", max_seconds=60)
    process = isolated(CANDIDATE, ignore_reports)["process"]
    copy = pickle.loads(pickle.dumps(isolated))  # noqa: S301 - of our own
    assert (copy.objective, copy.max_seconds, copy.foreign) == (isolated.objective, 60, True)
    assert copy(CANDIDATE, ignore_reports)["process"] != process
    copy.end()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", r"SyntaxError: .*spoilt\.py, line 1"),
        ("import sys\nsys.exit(0)\n", "SystemExit: 0"),
        ("import os\nos._exit(3)\n", "its process ended itself with exit code 3"),
        ("import ctypes\nctypes.string_at(0)\n", r"crashed \(SIGSEGV\)"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("raise ValueError('invalid: x')\n", "ValueError: invalid: x"),
        ("def g(): ...\n", "has no attribute 'f'"),
    ],
)
def test_a_module_that_cannot_be_imported_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "spoilt.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    isolated = Isolated(objective=UserFunction(python="spoilt:f"))
    with pytest.raises(InvalidInput, match=said) as caught:
        isolated.prepare()
    assert str(caught.value).startswith("objective.python: got 'spoilt:f', accepted: something that can be imported")
    assert "\n" not in str(caught.value)


def test_one_that_is_forgotten_leaves_no_process() -> None:
    isolated = Isolated(objective=UserFunction(python=f"{HERE}:misbehave"))
    isolated.begin(lambda _line: None)
    isolated.prepare()
    assert isolated._child is not None
    process = isolated._child._process
    del isolated
    assert process.returncode is not None

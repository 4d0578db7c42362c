from __future__ import annotations

import os
import sys
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from search_spaces.errors import InvalidInput
from tests.trials.isolation.test_objective import CANDIDATE
from trials.isolation.child import evaluated, prepared, put_back
from trials.study.candidate import Candidate, Metrics, Report


class Objective:
    """An objective that does what it is made of."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    def prepare(self) -> None:
        if self.error is not None:
            raise self.error

    def __call__(self, _candidate: Candidate, report: Report) -> Metrics:
        report(1, 0.25)
        self.prepare()
        return {"val_accuracy": 0.5}


def answers(objective: Objective, *, stops: bool = False) -> tuple[dict[str, Any], bytes]:
    """Return what is answered, and the report before it."""
    ours, theirs = Pipe()
    ours.send(stops)
    return evaluated(objective, CANDIDATE, theirs), ours.recv_bytes()


def test_every_end_of_a_candidate_is_an_answer() -> None:
    whole, report = answers(Objective())
    assert (whole["metrics"], report) == ({"val_accuracy": 0.5}, b'{"report": [1, 0.25]}')
    assert whole["seconds"] >= 0
    assert answers(Objective(), stops=True)[0] == {"stopped": True}
    for error in (SystemExit(3), KeyboardInterrupt(), MemoryError()):
        assert answers(Objective(error))[0]["failure"].startswith(type(error).__name__)


def test_a_preparation_is_done_refused_or_failed() -> None:
    assert prepared(Objective()) == {"prepared": True}
    assert prepared(Objective(InvalidInput("a", 1, "b"))) == {"refused": ("a", 1, "b")}
    assert prepared(Objective(SystemExit(3))) == {"failure": "SystemExit: 3"}


def test_folder_and_outputs_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    kept = os.dup(1), os.dup(2)
    with (tmp_path / "closed").open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
    put_back(tmp_path, kept)
    assert Path.cwd() == tmp_path
    assert not sys.stdout.closed
    assert sys.stdout.fileno() == 1
    put_back(tmp_path / "gone", kept)  # nothing to go back to
    for descriptor in kept:
        os.close(descriptor)

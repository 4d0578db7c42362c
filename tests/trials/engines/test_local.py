from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from optuna.trial import TrialState

from tests.trials.study.test_clock import FakeTime
from tests.trials.study.test_ledger import open_ledger
from trials.engines import local
from trials.study.candidate import Candidate, Failed, Finished, Metrics, Report
from trials.study.clock import Deadline


def test_every_candidate_is_evaluated_and_told_in_order(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=5)
    finished: list[tuple[int, int, float | None]] = []

    def note(ended: Finished) -> None:
        finished.append((ended.candidate.number, ended.trial.number, ended.trial.value))

    local.run(ledger, lambda candidate, _report: {"val_accuracy": candidate.number / 10}, note)
    assert finished == [(n, n, n / 10) for n in range(5)]


def test_what_goes_wrong_in_a_candidate_is_its_outcome(tmp_path: Path) -> None:
    def evaluate(candidate: Candidate, _report: Report) -> Metrics:
        if candidate.number == 0:
            raise MemoryError("two\nlines")
        return {"val_accuracy": 0.5}

    ledger = open_ledger(tmp_path, budget=2)
    local.run(ledger, evaluate, lambda _finished: None)
    failed, complete = ledger.study.trials
    assert failed.state == TrialState.FAIL
    assert failed.user_attrs["failure"] == "MemoryError: two lines"
    assert complete.state == TrialState.COMPLETE


def test_reports_become_intermediate_values(tmp_path: Path) -> None:
    def evaluate(_candidate: Candidate, report: Report) -> Metrics:
        report(1, 0.25)
        report(2, 0.5)
        return {"val_accuracy": 0.5}

    ledger = open_ledger(tmp_path, budget=1)
    local.run(ledger, evaluate, lambda _finished: None)
    assert ledger.study.trials[0].intermediate_values == {1: 0.25, 2: 0.5}


def test_a_trial_that_its_pruner_stops_is_pruned(tmp_path: Path) -> None:
    import optuna

    def evaluate(candidate: Candidate, report: Report) -> Metrics:
        report(1, 0.9 if candidate.number < 2 else 0.1)
        return {"val_accuracy": 0.9}

    ledger = open_ledger(tmp_path, budget=3)
    ledger.study.pruner = optuna.pruners.MedianPruner(n_startup_trials=1, n_warmup_steps=0)
    local.run(ledger, evaluate, lambda _finished: None)
    assert [trial.state for trial in ledger.study.trials][2] == TrialState.PRUNED


def test_a_candidate_that_leaves_the_folder_or_the_program_ends_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began_in: list[Path] = []

    def evaluate(candidate: Candidate, _report: Report) -> Metrics:
        began_in.append(Path.cwd())
        os.chdir("/")
        if candidate.number == 1:
            sys.exit(0)
        return {"val_accuracy": 0.5}

    monkeypatch.chdir(tmp_path)
    ledger = open_ledger(Path("relative"), budget=3)
    local.run(ledger, evaluate, lambda _finished: None)
    assert began_in == [tmp_path] * 3
    assert Path.cwd() == tmp_path
    states = [trial.state for trial in ledger.study.trials]
    assert states == [TrialState.COMPLETE, TrialState.FAIL, TrialState.COMPLETE]
    assert ledger.study.trials[1].user_attrs["failure"] == "SystemExit: 0"


def test_no_candidate_is_begun_when_too_little_time_is_left(tmp_path: Path) -> None:
    time = FakeTime()

    def evaluate(candidate: Candidate, _report: Report) -> Metrics:
        time.seconds += 30
        return {"val_accuracy": candidate.number / 10}

    ledger = open_ledger(tmp_path, budget=100, deadline=Deadline(clock=time.clock(100), expected=30))
    local.run(ledger, evaluate, lambda _finished: None)
    assert [trial.value for trial in ledger.study.trials] == [0.0, 0.1, 0.2, 0.3]
    assert ledger.out_of_time


def test_a_reason_in_plain_words_is_taken_as_it_is(tmp_path: Path) -> None:
    def evaluate(_candidate: Candidate, _report: Report) -> Metrics:
        raise Failed("out of time")

    ledger = open_ledger(tmp_path, budget=1)
    local.run(ledger, evaluate, lambda _finished: None)
    assert ledger.study.trials[0].user_attrs["failure"] == "out of time"

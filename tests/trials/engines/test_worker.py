from __future__ import annotations

from pathlib import Path

import pytest

from tests.trials.study.test_ledger import open_ledger, take
from trials.engines.worker import ASSIGNMENT, OUTCOME, Assignment, Shipment, Worker
from trials.study.candidate import Candidate, Metrics, Report


def test_a_trial_that_tune_gives_to_another_worker_is_not_evaluated_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the worker changes both, and the tests that follow need theirs
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    evaluated = []

    def evaluate(candidate: Candidate, _report: Report) -> Metrics:
        evaluated.append(candidate.number)
        return {"val_accuracy": 0.5}

    ledger = open_ledger(tmp_path, budget=2)
    first, second = ({ASSIGNMENT: Assignment(candidate=take(ledger))} for _ in range(2))
    worker = object.__new__(Worker)  # without the files that Tune's own constructor makes
    vars(worker)["_logdir"] = str(tmp_path / "notes")
    worker.setup(first, shipment=Shipment(evaluate=evaluate, threads=1, folder=str(tmp_path)))
    worker.cleanup()
    worker.reset_config(second)
    assert evaluated == []
    assert worker.step()[OUTCOME].metrics == {"val_accuracy": 0.5}
    assert evaluated == [1]

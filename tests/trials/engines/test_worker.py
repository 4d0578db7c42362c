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


def test_an_evaluation_may_finish_where_it_is_to_stop() -> None:
    from trials.engines.worker import OUTCOME, Evaluation

    def evaluate(_candidate: Candidate, report: Report) -> Metrics:
        from trials.study.candidate import Stopped

        try:
            report(1, 0.5)
        except Stopped:
            return {"val_accuracy": 0.25}
        return {"val_accuracy": 0.75}

    for stop, accuracy in ((True, 0.25), (False, 0.75)):
        evaluation = Evaluation(evaluate, candidate=None)  # type: ignore[arg-type]
        assert evaluation.advance(stop=False) == {"step": 1, "value": 0.5}
        assert evaluation.advance(stop=stop)[OUTCOME].metrics == {"val_accuracy": accuracy}


def test_an_evaluation_that_exits_has_failed() -> None:
    from trials.engines.worker import OUTCOME, Evaluation

    def evaluate(_candidate: Candidate, _report: Report) -> Metrics:
        raise SystemExit(3)

    evaluation = Evaluation(evaluate, candidate=None)  # type: ignore[arg-type]
    assert evaluation.advance(stop=False)[OUTCOME].failure == "SystemExit: 3"

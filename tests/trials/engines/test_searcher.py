"""The ledger's side of Tune, driven by hand."""

from __future__ import annotations

from pathlib import Path

import optuna
from optuna.trial import TrialState

from tests.trials.study.test_ledger import open_ledger
from trials.engines.searcher import LedgerSearch
from trials.engines.worker import ASSIGNMENT, OUTCOME, STEP, VALUE
from trials.study.candidate import Finished, Outcome

GOOD = {OUTCOME: Outcome(metrics={"val_accuracy": 0.5})}


def test_it_proposes_until_the_budget_is_spent(tmp_path: Path) -> None:
    finished: list[Finished] = []
    search = LedgerSearch(open_ledger(tmp_path, budget=2), finished.append)
    for trial_id in "ab":
        assert search.suggest(trial_id)[ASSIGNMENT].candidate.number == "ab".index(trial_id)
    for trial_id in "ba":
        search.on_trial_complete(trial_id, dict(GOOD))
    assert search.suggest("c") == LedgerSearch.FINISHED
    assert sorted(one.candidate.number for one in finished) == [0, 1]
    assert search.failure is None


def test_where_a_batch_is_out_it_waits(tmp_path: Path) -> None:
    search = LedgerSearch(open_ledger(tmp_path, budget=2, batch=1), lambda _: None)
    search.suggest("a")
    assert search.suggest("b") is None
    search.on_trial_complete("a", dict(GOOD))
    assert search.suggest("b")[ASSIGNMENT].candidate.number == 1


def test_a_worker_that_died_is_told_with_its_reason(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=1)
    search = LedgerSearch(ledger, lambda _: None)
    for trial_id in "abc":
        assert search.suggest(trial_id)[ASSIGNMENT].candidate.number == 0
        search.reasons[trial_id] = f"killed {trial_id}"
        search.on_trial_complete(trial_id, error=True)
    (trial,) = ledger.study.trials
    assert trial.state == TrialState.FAIL
    assert trial.user_attrs["failure"].endswith("killed c")


def test_a_report_is_recorded_and_the_pruner_asked(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, budget=2)
    ledger.study.pruner = optuna.pruners.ThresholdPruner(lower=0.3)
    search = LedgerSearch(ledger, lambda _: None)
    search.suggest("a")
    assert not search.should_stop("a", {STEP: 1, VALUE: 0.5})
    assert search.should_stop("a", {STEP: 2, VALUE: 0.1})
    assert ledger.study.trials[0].intermediate_values == {1: 0.5, 2: 0.1}

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import optuna
import pytest
from optuna.trial import TrialState

from search_spaces.errors import InvalidInput
from tests.trials.study.test_clock import FakeTime
from tests.trials.study.test_ledger import open_ledger
from trials.engines.searcher import LedgerSearch
from trials.engines.worker import ASSIGNMENT, OUTCOME, STEP, VALUE
from trials.study.candidate import Finished, Outcome
from trials.study.clock import Deadline

"""The ledger's side of Tune, driven by hand."""


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


def test_when_too_little_time_is_left_nothing_new_goes_out_and_what_is_out_ends(tmp_path: Path) -> None:
    time, finished = FakeTime(), list[Finished]()
    deadline = Deadline(clock=time.clock(100), expected=30)
    search = LedgerSearch(open_ledger(tmp_path, budget=100, deadline=deadline), finished.append)
    for trial_id in "ab":
        assert search.suggest(trial_id)[ASSIGNMENT].candidate.number == "ab".index(trial_id)
    time.seconds += 90
    assert search.suggest("c") is None  # two are still at work
    for trial_id in "ab":
        search.on_trial_complete(trial_id, dict(GOOD))
    assert search.suggest("c") == LedgerSearch.FINISHED
    assert len(finished) == 2


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


def test_a_ledger_that_fails_ends_the_run(tmp_path: Path) -> None:
    from trials.engines.searcher import LedgerSearch, StopOnFailure
    from trials.engines.worker import OUTCOME

    def full(_finished: Finished) -> None:
        raise OSError(28, "No space left on device")

    search = LedgerSearch(open_ledger(tmp_path, budget=1), full)
    StopOnFailure(search).on_step_end(1, [])
    assert search.suggest("a")["assignment"].candidate.number == 0
    search.on_trial_complete("a", {OUTCOME: Outcome(metrics={"val_accuracy": 0.5})})
    with pytest.raises(OSError, match="No space"):
        StopOnFailure(search).on_step_end(2, [])
    assert search.suggest("b") == "FINISHED"


def test_a_worker_that_died_gives_its_candidate_back(tmp_path: Path) -> None:
    from trials.engines.searcher import LedgerSearch

    search = LedgerSearch(open_ledger(tmp_path, budget=1), lambda _finished: None)
    first = search.suggest("a")["assignment"].candidate
    search.on_trial_complete("a", error=True)
    again = search.suggest("b")["assignment"].candidate
    assert (again.number, again.seed) == (first.number, first.seed)
    assert search.failure is None


def test_a_report_that_the_pruner_refuses_stops_the_trial(tmp_path: Path) -> None:
    from trials.engines.searcher import LedgerSearch

    ledger = open_ledger(tmp_path, budget=1)
    ledger.study.pruner = optuna.pruners.ThresholdPruner(lower=0.5)
    search = LedgerSearch(ledger, lambda _finished: None)
    search.suggest("a")
    assert not search.should_stop("a", {"step": 1, "value": 0.7})
    assert search.should_stop("a", {"step": 2, "value": 0.1})


@pytest.mark.parametrize(("text", "ends"), [("its node was lost", False), ("The actor's creation task failed", True)])
def test_a_worker_that_cannot_even_start_ends_the_run(tmp_path: Path, text: str, ends: bool) -> None:
    from trials.engines.searcher import Judge, LedgerSearch, StopOnFailure

    (tmp_path / "error.txt").write_text(f"Traceback\n{text}\n\nSome common causes include:\nmany\n")
    search = LedgerSearch(open_ledger(tmp_path, budget=1), lambda _finished: None)
    trial = SimpleNamespace(trial_id="a", error_file=str(tmp_path / "error.txt"))
    Judge(search, spare_actors=1, scratch=tmp_path).on_trial_error(None, trial)
    assert search.reasons == {"a": text}
    if ends:
        with pytest.raises(InvalidInput, match="nodes that can load the evaluation"):
            StopOnFailure(search).on_step_end(1, [])
    else:
        StopOnFailure(search).on_step_end(1, [])

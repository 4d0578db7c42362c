from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from tests.trials.study.test_ledger import drain, open_ledger, score, take
from trials.study import leases
from trials.study.attributes import LEASE
from trials.study.leases import Leases
from trials.study.ledger import Ledger

OTHER_PROCESS = """
import os, sys
from pathlib import Path
from tests.trials.study.test_leases import join
print(join(Path(sys.argv[1])).ask().number, flush=True)
os._exit(1)
"""


def join(folder: Path) -> Ledger:
    """Join a study that several processes share."""
    return open_ledger(folder, budget=4, url=f"sqlite:///{folder}/study.db")


def test_two_at_work_share_the_budget_and_evaluate_different_networks(tmp_path: Path) -> None:
    one, other = join(tmp_path), join(tmp_path)
    other._leases.worker["machine"] = "elsewhere"
    candidates = [take(one), take(other), take(one), take(other)]
    assert [candidate.number for candidate in candidates] == [0, 1, 2, 3]
    assert len({candidate.architecture.key for candidate in candidates}) == 4
    assert one.ask() is None and other.ask() is None
    assert not one.done
    for ledger, candidate in zip((one, other, one, other), candidates, strict=True):
        ledger.tell(candidate, score(candidate))
    assert one.ask() is None and other.ask() is None
    assert one.done and other.done
    assert one.evaluated == other.evaluated == 4


def test_what_a_dead_process_of_this_machine_held_is_taken_over_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == "0\n"
    ledger = join(tmp_path)
    candidate = take(ledger)
    assert candidate.number == 0
    assert ledger.study.trials[0].user_attrs[LEASE]["attempt"] == 2
    assert [first.number for first in (candidate, *drain(ledger))] == [0, 1, 2, 3]


def test_a_lease_that_is_not_renewed_lapses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = join(tmp_path)
    away._leases.worker["machine"] = "elsewhere"
    assert take(away).number == 0
    here = join(tmp_path)
    assert take(here).number == 1  # the lease of 0 was seen for the first time
    monkeypatch.setattr(leases, "LAPSES_AFTER_S", -1.0)
    assert take(here).number == 0


def test_a_renewed_lease_does_not_lapse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = join(tmp_path)
    away._leases.worker["machine"] = "elsewhere"
    monkeypatch.setattr(leases, "RENEWED_EVERY_S", 0.01)
    monkeypatch.setattr(leases, "LAPSES_AFTER_S", -1.0)
    with away.at_work():
        held = take(away)
        observer = Leases(storage=away.study._storage, shared=True)
        beats = set[int]()
        while len(beats) < 3:
            trial = away.study.trials[held.number]
            if trial.user_attrs[LEASE]["beat"] not in beats:
                assert not observer.reclaim(trial)
            beats.add(trial.user_attrs[LEASE]["beat"])
    assert away.study.trials[0].state == TrialState.WAITING


def test_what_another_process_finished_meanwhile_is_not_told_twice(tmp_path: Path) -> None:
    slow, fast = join(tmp_path), join(tmp_path)
    fast._leases.worker["machine"] = "elsewhere"
    candidate = take(slow)
    trial = slow.study.trials[0]
    assert fast._leases.storage.set_trial_state_values(trial._trial_id, state=TrialState.WAITING)
    again = take(fast)
    assert again == candidate
    assert len(fast.tell(again, score(again))) == 1
    assert slow.tell(candidate, score(candidate)) == []
    assert slow.study.trials[0].value == fast.study.trials[0].value


def test_a_process_that_has_the_number_of_a_dead_one_is_not_it() -> None:
    storage = optuna.storages.InMemoryStorage()
    mine = Leases(storage=storage, shared=True)
    dead = {"worker": {**mine.worker, "token": "0"}, "attempt": 1, "beat": 0}
    assert mine._is_dead_here(dead)
    assert mine._is_dead_here({"worker": mine.worker})
    assert not mine._is_dead_here({"worker": {**mine.worker, "pid": os.getppid()}})
    assert not mine._is_dead_here(None)

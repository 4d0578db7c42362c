from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import optuna
import pytest

from search_spaces import InvalidInput
from trials.study.storage import exclusive, open_storage

HOLDER = """
import sys, time
from pathlib import Path
from trials.study.journal import KernelLock
lock = KernelLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def count_trials(journal: Path) -> int:
    return len(optuna.load_study(study_name="s", storage=open_storage(None, journal)).trials)


def test_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"
    study = optuna.create_study(study_name="s", storage=open_storage(None, journal))
    study.ask()
    whole = journal.read_bytes()
    for cut in range(1, 40, 7):
        journal.write_bytes(whole + whole.splitlines()[-1][:cut])
        assert count_trials(journal) == 1
        study_again = optuna.load_study(study_name="s", storage=open_storage(None, journal))
        study_again.ask()
        assert count_trials(journal) == 2


def test_a_killed_holder_leaves_no_lock_behind(tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(journal)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    optuna.create_study(study_name="s", storage=open_storage(None, journal)).ask()
    assert count_trials(journal) == 1


def test_one_run_at_a_time_in_a_folder(tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(InvalidInput, match="no other run"), exclusive(tmp_path):
        raise AssertionError("two runs in one folder")
    with exclusive(tmp_path):
        pass


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///no/such/folder/x.db", "postgresqll://a/b"])
def test_a_storage_that_cannot_be_opened_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_storage(url, tmp_path / "unused.journal")
    assert caught.value.key == "storage"
    assert "\n" not in str(caught.value)


def test_sqlite_keeps_a_study(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    optuna.create_study(study_name="s", storage=open_storage(url, tmp_path / "unused.journal")).ask()
    assert len(optuna.load_study(study_name="s", storage=url).trials) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_database_that_another_process_holds_from_the_start_is_named(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    holder = sqlite3.connect(tmp_path / "study.db", isolation_level=None)
    holder.execute(f"BEGIN {kind}")
    try:
        with pytest.raises(InvalidInput, match=r"^storage: .*database is locked") as caught:
            open_storage(url, tmp_path / "unused.journal")
    finally:
        holder.close()
    assert "\n" not in str(caught.value)

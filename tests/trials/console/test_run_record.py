from __future__ import annotations

import json
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import optuna
import pytest

from trials.console import run_record
from trials.console.run_record import recorded_run, write_run_record


def test_figures_that_are_not_numbers_are_null_at_any_depth(tmp_path: Path) -> None:
    results = {"gap": {"mean": 0.5, "low": float("nan")}, "each": [1, float("nan")], "name": "nan"}
    write_run_record(tmp_path / "run.json", command="test", settings={}, results=results)
    record = json.loads((tmp_path / "run.json").read_text(), parse_constant=pytest.fail)
    assert record["results"] == {"gap": {"mean": 0.5, "low": None}, "each": [1, None], "name": "nan"}


def test_no_password_is_written(tmp_path: Path) -> None:
    settings = {"nas": {"storage": "postgresql://me:secret@host/db"}}
    write_run_record(tmp_path / "run.json", command="test", settings=settings, results={})
    assert "secret" not in (tmp_path / "run.json").read_text()


def record(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    write_run_record(folder / "run.json", command="nas run x", settings=settings, results={"reward": 0.25})
    content: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return content


def test_a_record_names_command_versions_and_results(tmp_path: Path) -> None:
    found = record(tmp_path, {"seed": 3})
    assert (found["command"], found["settings"], found["results"]) == ("nas run x", {"seed": 3}, {"reward": 0.25})
    assert found["versions"]["python"] == platform.python_version()
    assert found["versions"]["optuna"] == optuna.__version__
    age = datetime.now(UTC) - datetime.fromisoformat(found["finished"])
    assert 0 <= age.total_seconds() < 60


def test_a_password_is_in_no_depth_of_a_record(tmp_path: Path) -> None:
    url = "postgresql://nas:secret@host/studies"
    found = record(tmp_path, {"nas": {"storage": url, "many": [url, ("x", url)]}, "folder": tmp_path})
    assert "secret" not in (tmp_path / "run.json").read_text()
    masked = "postgresql://nas:***@host/studies"
    assert found["settings"]["nas"] == {"storage": masked, "many": [masked, ["x", masked]]}
    assert found["settings"]["folder"] == str(tmp_path)


def test_a_package_that_is_not_installed_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_record, "PACKAGES", ("no-such-package-anywhere",))
    assert record(tmp_path, {})["versions"]["no-such-package-anywhere"] is None


@pytest.mark.parametrize(("status", "suffix"), [("", ""), (" M file.py", "+changes")])
def test_a_revision_says_whether_files_differ_from_it(
    status: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(_folder: Path, command: str, *_: str) -> str:
        return "abc" if command == "rev-parse" else status

    monkeypatch.setattr(run_record, "_git", git)
    assert record(tmp_path, {})["git_revision"] == f"abc{suffix}"


@pytest.mark.parametrize("error", [FileNotFoundError("git"), subprocess.CalledProcessError(128, "git")])
def test_outside_a_checkout_there_is_no_revision(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*_: object) -> str:
        raise error

    monkeypatch.setattr(run_record, "_git", git)
    assert record(tmp_path, {})["git_revision"] is None


def state_of(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_a_run_is_recorded_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with recorded_run(path, command="test", settings={"seed": 3}) as figures:
        at_work = state_of(path)
        figures["answer"] = 42
    assert (at_work["state"], at_work["results"]) == ("running", {})
    assert at_work["settings"] == {"seed": 3}
    assert "finished" not in at_work
    ended = state_of(path)
    assert (ended["state"], ended["results"], ended["started"]) == ("finished", {"answer": 42}, at_work["started"])
    assert "finished" in ended


def test_a_run_that_ends_in_the_middle_is_recorded_as_failed(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with pytest.raises(KeyboardInterrupt), recorded_run(path, command="test", settings={}):
        raise KeyboardInterrupt("now")
    ended = state_of(path)
    assert (ended["state"], ended["reason"]) == ("failed", "KeyboardInterrupt: now")


def test_a_folder_that_was_deleted_in_the_meantime_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "nas" / "run.json"
    with pytest.raises(KeyError), recorded_run(path, command="nas run", settings={}):
        shutil.rmtree(path.parent)
        raise KeyError
    assert not path.parent.exists()

from __future__ import annotations

import json
from pathlib import Path

import pytest

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

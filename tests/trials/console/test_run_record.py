from __future__ import annotations

import json
from pathlib import Path

import pytest

from trials.console.run_record import write_run_record


def test_figures_that_are_not_numbers_are_null_at_any_depth(tmp_path: Path) -> None:
    results = {"gap": {"mean": 0.5, "low": float("nan")}, "each": [1, float("nan")], "name": "nan"}
    write_run_record(tmp_path / "run.json", command="test", settings={}, results=results)
    record = json.loads((tmp_path / "run.json").read_text(), parse_constant=pytest.fail)
    assert record["results"] == {"gap": {"mean": 0.5, "low": None}, "each": [1, None], "name": "nan"}


def test_no_password_is_written(tmp_path: Path) -> None:
    settings = {"nas": {"storage": "postgresql://me:secret@host/db"}}
    write_run_record(tmp_path / "run.json", command="test", settings=settings, results={})
    assert "secret" not in (tmp_path / "run.json").read_text()

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import optuna
import pytest

from search_spaces.errors import InvalidInput
from trials.experiment import Experiment
from trials.study.snapshot import read_record, read_run, read_studies, read_table, results_folder, work_of
from trials.study.storage import open_storage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a journal of two studies and a record."""
    storage = open_storage(None, tmp_path / "study.journal")
    for name, trials in (("try/nas/candidates", 3), ("try/nas/references", 1), ("other", 1)):
        study = optuna.create_study(study_name=name, storage=storage)
        for value in range(trials):
            study.tell(study.ask(), value)
    (tmp_path / "run.json").write_text(json.dumps({"settings": {"seed": 0}}))
    return tmp_path


def test_studies_are_read_by_what_follows_the_prefix(folder: Path) -> None:
    studies = read_studies(folder, "try/nas/", None)
    assert {name: len(study.trials) for name, study in studies.items()} == {"candidates": 3, "references": 1}


def test_a_setting_that_is_gone_is_read_over_and_another_unknown_one_is_not(folder: Path) -> None:
    settings = {"name": "try", "objective": {"name": "shared", "paths": "fair"}}
    (folder / "run.json").write_text(json.dumps({"settings": settings}))
    assert read_run(folder, "nas", "nas run", Experiment)[2].objective.name == "shared"
    (folder / "run.json").write_text(json.dumps({"settings": settings | {"unheard": 1}}))
    with pytest.raises(InvalidInput, match="unheard"):
        read_run(folder, "nas", "nas run", Experiment)


def test_nothing_is_touched_while_another_writes(folder: Path) -> None:
    journal = folder / "study.journal"
    with journal.open("ab") as stream:
        stream.write(b'{"op_code": 4, "half a li')
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(read_studies(folder, "try/nas/", None)["candidates"].trials) == 3
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_folder_without_a_journal_has_no_studies(tmp_path: Path) -> None:
    assert read_studies(tmp_path, "try/nas/", None) == {}


def test_another_storage_is_read_by_its_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/studies.db"
    optuna.create_study(study_name="try/nas/candidates", storage=url).ask()
    assert list(read_studies(tmp_path, "try/nas/", url)) == ["candidates"]


def test_work_is_told_in_seconds_since_the_first_trial(folder: Path) -> None:
    work = work_of(read_studies(folder, "try/nas/", None))
    assert work["part"].tolist() == ["candidates"] * 3 + ["references"]
    assert work["began"].min() == 0
    assert (work["ended"] >= work["began"]).all()
    assert work_of({}).empty


def test_no_trial_ends_before_it_began_though_the_clock_was_set_back() -> None:
    study = optuna.create_study()
    trial = optuna.trial.create_trial(value=0.5)
    trial.datetime_start, trial.datetime_complete = datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 11)
    study.add_trial(trial)
    work = work_of({"candidates": study})
    assert (work["began"].item(), work["ended"].item()) == (0, 0)


def test_a_damaged_journal_is_told_in_one_line(folder: Path) -> None:
    (folder / "study.journal").write_text("not a journal\n")
    with pytest.raises(InvalidInput, match="a journal as Optuna writes it"):
        read_studies(folder, "try/nas/", None)


def test_the_folder_of_a_run_is_found_from_the_one_above(folder: Path) -> None:
    assert results_folder(folder, "nas", "nas run") == folder
    inner = folder / "inner"
    (inner / "nas").mkdir(parents=True)
    (inner / "nas" / "run.json").write_text("{}")
    assert results_folder(inner, "nas", "nas run") == inner / "nas"
    with pytest.raises(InvalidInput, match="nas run"):
        results_folder(inner / "nowhere", "nas", "nas run")


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"settings": 3}', "[" * 100_000])
def test_a_damaged_record_is_told_in_one_line(folder: Path, text: str) -> None:
    (folder / "run.json").write_text(text)
    with pytest.raises(InvalidInput, match=r"run\.json"):
        read_record(folder)


def test_a_table_keeps_its_texts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("number,state,value,op\n0,complete,0.5,none\n1,fail,,3\n")
    table = read_table(tmp_path / "a.csv", ["op"])
    assert table["op"].tolist() == ["none", "3"]
    assert table["value"].isna().tolist() == [False, True]
    with pytest.raises(InvalidInput, match=r"b\.csv"):
        read_table(tmp_path / "b.csv", [])

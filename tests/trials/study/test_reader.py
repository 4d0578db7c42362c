from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
from optuna.pruners import HyperbandPruner
from optuna.storages import BaseStorage, InMemoryStorage

from trials.study.reader import StudyReader
from trials.study.storage import open_storage


@pytest.fixture(params=["memory", "journal", "sqlite"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[optuna.Study]:
    url = f"sqlite:///{tmp_path / 'study.db'}" if request.param == "sqlite" else None
    storage: BaseStorage = InMemoryStorage()
    if request.param != "memory":
        storage = open_storage(url, tmp_path / "study.journal")
    yield optuna.create_study(storage=storage)


def changed(reader: StudyReader) -> list[tuple[int, bool]]:
    """Return number and whether it has ended of the trials that may have changed."""
    return [(trial.number, trial.state.is_finished()) for trial in reader.changed()]


def test_all_trials_at_first_and_then_what_may_have_changed(study: optuna.Study) -> None:
    first, second = study.ask(), study.ask()
    reader = StudyReader(study)
    assert changed(reader) == [(0, False), (1, False)]
    assert reader.first_unfinished == 0
    study.tell(first, 0.5)
    study.ask()
    assert changed(reader) == [(0, True), (1, False), (2, False)]
    assert reader.first_unfinished == 1
    study.tell(second, 0.5)
    assert changed(reader) == [(1, True), (2, False)]
    assert changed(reader) == [(2, False)]
    study.tell(2, 0.5)
    assert changed(reader) == [(2, True)]
    assert changed(reader) == []
    assert reader.first_unfinished == 3


def test_of_an_empty_study_nothing_has_changed(study: optuna.Study) -> None:
    reader = StudyReader(study)
    assert (changed(reader), reader.first_unfinished) == ([], 0)
    study.tell(study.ask(), 0.5)
    assert changed(reader) == [(0, True)]


def test_it_tells_the_study_that_it_reads_from_others(study: optuna.Study) -> None:
    reader = StudyReader(study)
    assert reader.reads(study)
    assert not reader.reads(optuna.create_study())


def test_under_hyperband_the_trials_of_all_brackets_are_read() -> None:
    study = optuna.create_study(pruner=HyperbandPruner(max_resource=9))
    for _ in range(6):
        study.tell(study.ask(), 0.5)
    assert [number for number, _ in changed(StudyReader(study))] == list(range(6))

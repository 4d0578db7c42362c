"""Every use of a private name of Optuna, so that an upgrade that breaks one is noticed here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.samplers import RandomSampler
from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage
from optuna.trial import create_trial

from trials.study import internals
from trials.study.internals import storage_of, study_id_of, trial_id_of
from trials.study.storage import open_storage
from trials.study.writes import Writes, WritesCollector

SPACE: dict[str, BaseDistribution] = {"width": FloatDistribution(0.0, 1.0), "kernel": CategoricalDistribution([3, 5])}
WRITES = Writes(
    params={"width": (0.25, SPACE["width"]), "kernel": (1, SPACE["kernel"])},
    user_attrs={"a": [1, 2]},
    system_attrs={"b": "c"},
)
KINDS = ("memory", "journal", "database")


def storage_at(kind: str, folder: Path) -> BaseStorage:
    if kind == "memory":
        return InMemoryStorage()
    return open_storage(f"sqlite:///{folder}/study.db" if kind == "database" else None, folder / "study.journal")


@pytest.fixture(params=KINDS)
def study(request: pytest.FixtureRequest, tmp_path: Path) -> optuna.Study:
    storage = storage_at(request.param, tmp_path)
    return optuna.create_study(study_name="s", storage=storage, sampler=RandomSampler(seed=0))


@pytest.fixture(params=KINDS[1:])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> optuna.Study:
    """Return a study that can be read by another process."""
    return optuna.create_study(study_name="s", storage=storage_at(request.param, tmp_path))


def elsewhere(study: optuna.Study, tmp_path: Path) -> optuna.Study:
    """Return the study as another process sees it."""
    kind = "journal" if isinstance(storage_of(study), JournalStorage) else "database"
    return optuna.load_study(study_name="s", storage=storage_at(kind, tmp_path))


def test_ids_are_those_of_the_storage(study: optuna.Study) -> None:
    trial = study.ask()
    storage = storage_of(study)
    assert storage.get_study_name_from_id(study_id_of(study)) == "s"
    assert storage.get_trial(trial_id_of(trial)).number == trial.number
    assert trial_id_of(study.trials[0]) == trial_id_of(trial)


def test_listed_trials_are_forgotten() -> None:
    study = optuna.create_study()
    study.ask()
    assert len(study._get_trials(deepcopy=False, use_cache=True)) == 1
    study.add_trial(create_trial(value=0.5))
    assert len(study._get_trials(deepcopy=False, use_cache=True)) == 1
    internals.forget_listed_trials(study)
    assert len(study._get_trials(deepcopy=False, use_cache=True)) == 2


def test_suggest_sets_what_a_trial_does_not_have(study: optuna.Study) -> None:
    trial = study.ask()
    width = trial.suggest_float("width", 0.0, 1.0)
    internals.suggest(trial, SPACE)
    assert study.trials[0].params == trial.params
    assert trial.params["width"] == width
    assert trial.params["kernel"] in (3, 5)


def test_reported_steps_are_known_to_a_later_attempt(study: optuna.Study) -> None:
    trial = study.ask()
    trial.report(0.5, 1)
    again = optuna.Trial(study, trial_id_of(trial))
    assert internals.has_reported(again, 1)
    assert not internals.has_reported(again, 2)


def test_enqueued_trials_are_told_from_proposals(study: optuna.Study) -> None:
    study.enqueue_trial({"width": 0.5})
    study.ask(), study.ask()
    assert [internals.was_enqueued(trial) for trial in study.trials] == [True, False]


def test_several_objectives_are_refused() -> None:
    internals.require_one_objective(RandomSampler(), optuna.create_study())
    with pytest.raises(ValueError, match="multi-objective"):
        internals.require_one_objective(RandomSampler(), optuna.create_study(directions=["maximize", "minimize"]))


def test_lines_that_change_a_state(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = []
    storage = storage_at("journal", tmp_path)
    study = optuna.create_study(storage=storage)
    trial = study.ask()
    append: Callable[[list[dict[str, Any]]], None] = storage._backend.append_logs  # type: ignore[attr-defined]
    storage._backend.append_logs = lambda logs: (lines.extend(logs), append(logs))  # type: ignore[attr-defined]
    trial.set_user_attr("a", 1)
    study.tell(trial, 0.5)
    assert [internals.changes_a_state(line) for line in lines] == [False, True]


def test_one_write_writes_all_at_its_end(kept: optuna.Study, tmp_path: Path) -> None:
    trial = kept.ask()
    with internals.one_write(trial):
        internals.suggest(trial, SPACE)
        trial.set_user_attr("a", 1)
        trial.set_constraint("limit", -1.0)
        before = elsewhere(kept, tmp_path).trials[0]
    assert (before.params, before.user_attrs, before.constraints) == ({}, {}, {})
    written = elsewhere(kept, tmp_path).trials[0]
    assert (written.params, written.user_attrs) == (trial.params, {"a": 1})
    assert (list(written.params), written.constraints) == (list(SPACE), {"limit": -1.0})
    trial.set_user_attr("a", 2)
    assert elsewhere(kept, tmp_path).trials[0].user_attrs == {"a": 2}


def test_an_error_writes_nothing(kept: optuna.Study, tmp_path: Path) -> None:
    trial = kept.ask()
    with pytest.raises(KeyError), internals.one_write(trial):
        trial.set_user_attr("a", 1)
        raise KeyError
    assert elsewhere(kept, tmp_path).trials[0].user_attrs == {}
    assert not isinstance(trial.storage, WritesCollector)


def test_parts_are_written_as_optuna_writes_them(study: optuna.Study) -> None:
    ours, theirs = trial_id_of(study.ask()), trial_id_of(study.ask())
    for name, (value, distribution) in WRITES.params.items():
        storage_of(study).set_trial_param(theirs, name, value, distribution)
    storage_of(study).set_trial_user_attr(theirs, "a", [1, 2])
    storage_of(study).set_trial_system_attr(theirs, "b", "c")
    internals.write_trial(storage_of(study), ours, WRITES)
    one, other = study.trials
    assert one.params == {"width": 0.25, "kernel": 5}
    for part in ("params", "distributions", "user_attrs", "system_attrs"):
        assert getattr(one, part) == getattr(other, part)


def test_a_trial_that_ended_cannot_be_written(study: optuna.Study) -> None:
    trial = study.ask()
    study.tell(trial, 0.5)
    with pytest.raises(UpdateFinishedTrialError):
        internals.write_trial(storage_of(study), trial_id_of(trial), WRITES)
    study.ask().set_user_attr("a", 1)  # nothing of it is in the way of what follows
    assert study.trials[0].params == {}


def test_a_journal_takes_all_lines_in_one_append(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = storage_at("journal", tmp_path)
    study = optuna.create_study(storage=storage)
    trial, appended = study.ask(), list[int]()
    append = storage._backend.append_logs  # type: ignore[attr-defined]
    monkeypatch.setattr(storage._backend, "append_logs", lambda logs: (appended.append(len(logs)), append(logs)))  # type: ignore[attr-defined]
    internals.write_trial(storage, trial_id_of(trial), WRITES)
    assert appended == [4]
    again = optuna.load_study(study_name=study.study_name, storage=storage_at("journal", tmp_path))
    assert again.trials[0].params == {"width": 0.25, "kernel": 5}


def test_another_distribution_of_a_parameter_is_refused(study: optuna.Study) -> None:
    internals.write_trial(storage_of(study), trial_id_of(study.ask()), WRITES)
    other = Writes(params={"kernel": (0, CategoricalDistribution([3, 7]))})
    with pytest.raises(ValueError, match="dynamic value space"):
        internals.write_trial(storage_of(study), trial_id_of(study.ask()), other)


def test_new_and_changed_trials_are_read(study: optuna.Study) -> None:
    first, second, third = study.ask(), study.ask(), study.ask()
    study.tell(first, 0.5)
    arguments = {"number": 2, "above": trial_id_of(second)}
    read = internals.read_trials(storage_of(study), study_id_of(study), [trial_id_of(first)], **arguments)
    assert [trial.number for trial in read] == [0, 2]
    assert (read[0].value, trial_id_of(read[1])) == (0.5, trial_id_of(third))

"""A database that keeps in memory what this process works on, and writes it in few transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState, create_trial
from sqlalchemy import Engine, event

from tests.trials.study.test_internals import SPACE, WRITES, elsewhere, storage_at
from trials.study import internals
from trials.study.internals import storage_of, study_id_of, trial_id_of
from trials.study.writes import Writes


@pytest.fixture
def database(tmp_path: Path) -> optuna.Study:
    return optuna.create_study(study_name="s", storage=storage_at("database", tmp_path))


def held_trial(study: optuna.Study) -> int:
    template = create_trial(state=TrialState.RUNNING, user_attrs={"lease": 0})
    return internals.create_trial(storage_of(study), study_id_of(study), template)


@contextmanager
def counted(name: str) -> Iterator[list[str]]:
    """Collect the events of this name of every database."""
    seen: list[str] = []

    def note(*_arguments: object) -> None:
        seen.append(name)

    event.listen(Engine, name, note)
    yield seen
    event.remove(Engine, name, note)


def test_a_held_trial_is_as_the_database_has_it(database: optuna.Study, tmp_path: Path) -> None:
    trial_id = held_trial(database)
    storage = storage_of(database)
    internals.write_trial(storage, trial_id, WRITES)
    storage.set_trial_intermediate_value(trial_id, 1, 0.25)
    storage.set_trial_user_attr(trial_id, "lease", 1)
    there = elsewhere(database, tmp_path).trials[0]
    assert storage.get_trial(trial_id) == there
    storage.set_trial_state_values(trial_id, TrialState.COMPLETE, [0.5])
    ended, there = storage.get_trial(trial_id), elsewhere(database, tmp_path).trials[0]
    ended.datetime_complete = there.datetime_complete  # its own clock's a moment later
    assert ended == there


def test_a_held_trial_is_not_read_again_until_it_is_let_go(database: optuna.Study, tmp_path: Path) -> None:
    trial_id = held_trial(database)
    storage_of(elsewhere(database, tmp_path)).set_trial_user_attr(trial_id, "lease", "theirs")
    assert storage_of(database).get_trial(trial_id).user_attrs == {"lease": 0}
    internals.let_go(storage_of(database), trial_id)
    assert storage_of(database).get_trial(trial_id).user_attrs == {"lease": "theirs"}


def test_a_held_trial_that_others_ended_is_read_again(database: optuna.Study, tmp_path: Path) -> None:
    trial_id = held_trial(database)
    storage_of(elsewhere(database, tmp_path)).set_trial_state_values(trial_id, TrialState.COMPLETE, [0.75])
    with pytest.raises(UpdateFinishedTrialError):
        storage_of(database).set_trial_state_values(trial_id, TrialState.COMPLETE, [0.5])
    assert storage_of(database).get_trial(trial_id).value == 0.75


def test_a_trial_of_others_can_be_held_and_written(database: optuna.Study, tmp_path: Path) -> None:
    made = elsewhere(database, tmp_path).ask()
    trial_id = trial_id_of(made)
    held = internals.hold_trial(storage_of(database), study_id_of(database), trial_id)
    assert held.number == made.number
    internals.suggest(optuna.Trial(database, trial_id), SPACE)
    assert elsewhere(database, tmp_path).trials[0].params == storage_of(database).get_trial(trial_id).params


def test_parameters_that_are_there_already_stay(database: optuna.Study, tmp_path: Path) -> None:
    trial_id = held_trial(database)
    internals.write_trial(storage_of(database), trial_id, WRITES)
    again = Writes(params={"width": (0.75, SPACE["width"])}, user_attrs={"a": 3})
    internals.write_trial(storage_of(database), trial_id, again)
    for trial in (elsewhere(database, tmp_path).trials[0], storage_of(database).get_trial(trial_id)):
        assert (trial.params["width"], trial.user_attrs["a"]) == (0.25, 3)


def test_all_writes_of_a_trial_are_one_transaction(database: optuna.Study) -> None:
    trial_id = held_trial(database)
    with counted("commit") as commits:
        internals.write_trial(storage_of(database), trial_id, WRITES)
    assert len(commits) == 1


def test_what_is_held_or_has_ended_is_not_read_from_the_database(database: optuna.Study) -> None:
    storage = storage_of(database)
    held, done = held_trial(database), held_trial(database)
    storage.set_trial_state_values(done, TrialState.COMPLETE, [0.5])
    with counted("before_cursor_execute") as statements:
        assert storage.get_trial(held).state == TrialState.RUNNING
        assert storage.get_trial(done).value == 0.5
    assert statements == []


def test_what_is_handed_out_may_be_changed(database: optuna.Study) -> None:
    trial_id = held_trial(database)
    storage_of(database).get_trial(trial_id).user_attrs["lease"] = "changed"
    assert storage_of(database).get_trial(trial_id).user_attrs == {"lease": 0}


def test_a_refused_write_leaves_nothing_of_itself(database: optuna.Study, tmp_path: Path) -> None:
    internals.write_trial(storage_of(database), held_trial(database), WRITES)
    second = held_trial(database)
    other = Writes(params={"kernel": (0.5, FloatDistribution(0.0, 1.0))}, user_attrs={"a": 1})
    with pytest.raises(ValueError, match="different distribution kind"):
        internals.write_trial(storage_of(database), second, other)
    for trial in (elsewhere(database, tmp_path).trials[1], storage_of(database).get_trial(second)):
        assert (trial.params, trial.user_attrs) == ({}, {"lease": 0})


def test_a_trial_that_is_not_there_cannot_be_written(database: optuna.Study) -> None:
    with pytest.raises(KeyError, match="99"):
        internals.write_trial(storage_of(database), 99, WRITES)


def test_a_trial_that_waits_may_be_anybodys(database: optuna.Study, tmp_path: Path) -> None:
    trial_id = held_trial(database)
    storage_of(database).set_trial_state_values(trial_id, TrialState.WAITING)
    storage_of(elsewhere(database, tmp_path)).set_trial_user_attr(trial_id, "lease", "theirs")
    assert storage_of(database).get_trial(trial_id).user_attrs == {"lease": "theirs"}

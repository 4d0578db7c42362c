from __future__ import annotations

import random
import sqlite3
from collections import Counter
from typing import Any

import optuna
import pytest
from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.storages import BaseStorage, InMemoryStorage, RDBStorage, get_storage
from optuna.trial import TrialState
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from nas.samplers import SAMPLERS
from search_spaces.cost import estimate_cost
from search_spaces.space_file import parse_space
from tests.trials.study.test_ledger import SETTINGS, score
from trials.study import leases, patient_storage
from trials.study.ledger import Ledger
from trials.study.opening import open_study
from trials.study.patient_storage import patient
from trials.study.plan import Planned, enqueue_missing

SPACE = parse_space(
    {"name": "two", "skeleton": "efficientnet-b0", "stages": {str(s): {"depth": {"one_of": [1, 2, 3]}} for s in (1, 2)}}
)
OPERATIONS = [name for name in dir(BaseStorage) if not name.startswith("_")]


def lost(message: str = "server closed the connection unexpectedly") -> Exception:
    error = StorageInternalError("An exception is raised during the commit.")
    error.__cause__ = OperationalError("COMMIT", {}, Exception(message))
    return error


def flaky(storage: BaseStorage, *, carried_out: bool) -> BaseStorage:
    """Return a storage that does not answer the first and a third of all later calls, carried out or not."""
    calls, dice = Counter[str](), random.Random(0)

    def operation(name: str) -> Any:
        def method(_self: Any, *args: Any, **keywords: Any) -> Any:
            calls[name] += 1
            if calls[name] > 1 and dice.random() > 1 / 3:
                return getattr(storage, name)(*args, **keywords)
            if carried_out:
                getattr(storage, name)(*args, **keywords)
            raise lost()

        return method

    return type("Flaky", (BaseStorage,), {name: operation(name) for name in OPERATIONS})()  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_storage, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(patient_storage, "LONGEST_PAUSE_S", 0.0)
    monkeypatch.setattr(leases, "LAPSES_AFTER_S", -1.0)
    monkeypatch.setattr(leases, "WRITTEN_WITHIN_S", 0.0)


def in_memory_database() -> BaseStorage:
    engine = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return get_storage(RDBStorage("sqlite://", engine_kwargs=engine))


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_search_of_which_every_third_answer_is_lost(carried_out: bool) -> None:
    storage = in_memory_database()
    study = open_study(
        patient(flaky(storage, carried_out=carried_out)),
        "test",
        sampler=SAMPLERS["random"](space=SPACE, seed=0),
        settings=SETTINGS,
    )
    ledger = Ledger(
        study=study,
        distributions=SPACE.distributions,
        decode=SPACE.decode,
        cost_of=estimate_cost,
        value_of=lambda metrics, _cost: [metrics["val_accuracy"]],
        seed=0,
        budget=6,
    )
    evaluated = []
    for _ in range(100):
        if candidate := ledger.ask():
            evaluated.append(candidate.architecture.key)
            assert len(ledger.tell(candidate, score(candidate))) == 1
    assert ledger.done
    trials = storage.get_all_trials(study._study_id)
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE and "duplicate_of" not in trial.user_attrs]
    assert len(done) == len(evaluated) == len(set(evaluated)) == 6
    assert all(trial.state.is_finished() for trial in trials)


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_plan_is_carried_out_once(carried_out: bool) -> None:
    storage = in_memory_database()
    study = optuna.create_study(storage=patient(flaky(storage, carried_out=carried_out)))
    assert enqueue_missing(study, [Planned(name=name) for name in "abc"]) == 3
    waiting = [t.user_attrs["planned"] for t in study.get_trials(deepcopy=False) if t.state == TrialState.WAITING]
    assert waiting == ["a", "b", "c"]


@pytest.mark.parametrize("error", [lost(), OperationalError("", {}, sqlite3.OperationalError("database is locked"))])
def test_what_is_waited_for(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = InMemoryStorage()
    answers: list[Any] = [error, error, 7]

    def get_n_trials(*_: Any) -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return int(answer)

    monkeypatch.setattr(storage, "get_n_trials", get_n_trials)
    waiting = patient(storage)
    assert waiting.answers_since == 0.0  # type: ignore[attr-defined]
    assert waiting.get_n_trials(0) == 7
    assert waiting.answers_since > 0.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("INSERT", {}, Exception("duplicate key")),
        OperationalError("INSERT", {}, sqlite3.OperationalError("attempt to write a readonly database")),
        KeyError("no such study"),
        StorageInternalError("invalid data"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_waiting_does_not_mend_is_raised_at_once(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = InMemoryStorage()

    def get_n_trials(*_: Any) -> int:
        raise error

    monkeypatch.setattr(storage, "get_n_trials", get_n_trials)
    with pytest.raises(type(error)):
        patient(storage).get_n_trials(0)


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_storage, "PATIENCE_S", -1.0)
    with pytest.raises(StorageInternalError):
        patient(flaky(flaky(InMemoryStorage(), carried_out=False), carried_out=False)).get_all_studies()


def test_a_trial_that_somebody_else_ended_otherwise_is_not_taken_for_ours() -> None:
    storage = InMemoryStorage()
    study = optuna.create_study(storage=storage)
    mine, other, waiting = study.ask(), study.ask(), study.ask()
    answers_once = patient(flaky(storage, carried_out=True))
    assert answers_once.set_trial_state_values(mine._trial_id, TrialState.COMPLETE, [0.5])
    study.tell(other, 0.25)
    assert not patient(flaky(storage, carried_out=False)).set_trial_state_values(
        other._trial_id, state=TrialState.COMPLETE, values=[0.5]
    )
    study.tell(waiting, 0.25)
    assert not patient(flaky(storage, carried_out=False)).set_trial_state_values(
        waiting._trial_id, state=TrialState.RUNNING
    )
    with pytest.raises(UpdateFinishedTrialError):
        patient(flaky(storage, carried_out=False)).set_trial_user_attr(other._trial_id, "a", 1)

"""A storage on a server that may be away for a while: every call is tried again until it is back. No torch."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.trial import TrialState
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from trials.study.internals import DATABASE_METHODS
from trials.study.storage_url import masked

PATIENCE_S = 600.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 5.0

logger = logging.getLogger("compound_nas")


def patient(storage: BaseStorage) -> BaseStorage:
    """Return a storage that answers as `storage` does, and waits up to ten minutes for a server that is away.

    A call whose answer was lost may have been carried out: writing a value once more changes nothing, a trial that
    has the wanted state already is left so, and a trial that nobody knows of falls to the leases.
    `answers_since` is when it last answered after it was away, on this process's monotonic clock.
    """
    names = [*(name for name in dir(BaseStorage) if not name.startswith("_")), *DATABASE_METHODS]
    methods = {name: _patient_method(name) for name in names if hasattr(storage, name)}
    fields = {"wrapped": storage, "answers_since": 0.0}
    return type("PatientStorage", (BaseStorage,), {**fields, **methods})()  # type: ignore[no-any-return]


def _patient_method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **keywords: Any) -> Any:
        call = partial(getattr(self.wrapped, name), *args, **keywords)
        try:
            return call()
        except (StorageInternalError, DBAPIError) as error:
            if not _is_away(error):
                raise
            reason = masked(str(error.__cause__ or error).strip().splitlines()[0])
        logger.warning("the storage does not answer, waiting for it: %s", reason)
        try:
            answer = _call_until_answered(call)
        except UpdateFinishedTrialError:  # perhaps by the call whose answer was lost
            if name != "set_trial_state_values":
                raise
            answer = _is_in_state(self, *args, **keywords)
        type(self).answers_since = time.monotonic()
        logger.warning("the storage answers again")
        return answer

    method.__name__ = name
    return method


def _call_until_answered(call: Callable[[], Any]) -> Any:
    pause, started = FIRST_PAUSE_S, time.monotonic()
    while True:
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
        try:
            return call()
        except (StorageInternalError, DBAPIError) as error:
            if not _is_away(error) or time.monotonic() - started > PATIENCE_S:
                raise


def _is_in_state(storage: BaseStorage, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
    trial = storage.get_trial(trial_id)
    return trial.state == state and trial.values == (None if values is None else list(values))


def _is_away(error: Exception) -> bool:
    """Tell whether the connection is at fault, or another that holds the database; not what was asked."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    if not isinstance(cause, DBAPIError):
        return False
    if isinstance(cause.orig, sqlite3.Error):
        return "locked" in str(cause.orig)
    return cause.connection_invalidated or isinstance(cause, OperationalError | InterfaceError)

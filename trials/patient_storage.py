"""A storage on a server that may be away for a while: every call is tried again until it is back. No torch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.storages import BaseStorage
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

PATIENCE_S = 600.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 5.0

logger = logging.getLogger("compound_nas")


def patient(storage: BaseStorage) -> BaseStorage:
    """Return a storage that answers as `storage` does, and waits up to ten minutes for a server that is away.

    A call whose answer was lost may have been carried out: writing a value once more changes nothing, a trial that
    has the wanted state already is left so, and a trial that nobody knows of falls to the leases.
    """
    methods = {name: _patient_method(name) for name in dir(BaseStorage) if not name.startswith("_")}
    return type("PatientStorage", (BaseStorage,), {"_storage": storage, **methods})()  # type: ignore[no-any-return]


def _patient_method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **keywords: Any) -> Any:
        call = getattr(self._storage, name)
        pause, started = FIRST_PAUSE_S, time.monotonic()
        while True:
            tried = pause > FIRST_PAUSE_S
            try:
                return call(*args, **keywords)
            except (StorageInternalError, DBAPIError) as error:
                if tried and _is_there_already(name, error):
                    return None
                if not _is_away(error) or time.monotonic() - started > PATIENCE_S:
                    raise
                if not tried:
                    reason = str(error.__cause__ or error).strip().splitlines()[0]
                    logger.warning("the storage does not answer, waiting for it: %s", reason)
            except UpdateFinishedTrialError:
                if tried and name == "set_trial_state_values":
                    wanted = keywords.get("state") or args[1]
                    return bool(self._storage.get_trial(args[0]).state == wanted)
                raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    method.__name__ = name
    return method


def _is_away(error: Exception) -> bool:
    """Tell whether the connection is at fault, not what was asked."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    lost = isinstance(cause, DBAPIError) and cause.connection_invalidated
    return lost or isinstance(cause, OperationalError | InterfaceError)


def _is_there_already(name: str, error: Exception) -> bool:
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    return name == "set_trial_param" and isinstance(cause, IntegrityError)

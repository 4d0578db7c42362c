"""Leases on trials: who works on which, renewed while its worker lives. No torch."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState
from optuna.trial import create_trial as describe_trial

from trials.study.attributes import LEASE
from trials.study.internals import create_trial, hold_trial, let_go, trial_id_of

RENEWED_EVERY_S = 10.0
LAPSES_AFTER_S = 60.0
WRITTEN_WITHIN_S = 0.25
THIS_PROCESS = secrets.token_hex(4)  # tells it from an earlier one with its number


def _machine() -> str:
    """Return a name for this machine's table of processes: containers of one host have their own."""
    try:
        return f"{socket.gethostname()}/{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - no file behind it
    except OSError:
        return socket.gethostname()


@dataclass(kw_only=True)
class Leases:
    """The leases of one process on one study, and its judgement of everybody else's.

    A lease holds the worker, the number of evaluations that began and a beat that changes every 10 s while the worker
    lives. A foreign lease lapses when its process is seen dead on this machine, or when its beat has not changed for
    60 s of this process's own clock: clocks of different machines are never compared. Where the study is not `shared`,
    nobody else is alive, and every foreign lease has lapsed.
    """

    storage: BaseStorage
    shared: bool
    worker: dict[str, Any] = field(init=False)
    _held: dict[int, int] = field(default_factory=dict, init=False)  # Optuna's id -> attempts
    _begun: set[int] = field(default_factory=set, init=False)  # those of them that are being evaluated
    _seen: dict[int, tuple[Any, float]] = field(default_factory=dict, init=False)  # id -> lease, since when it is so
    _beat: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.worker = {"machine": _machine(), "pid": os.getpid(), "token": THIS_PROCESS}

    def create(self, study_id: int) -> int:
        """Make a trial that holds this process's lease from its first moment on; return Optuna's id of it."""
        template = describe_trial(state=TrialState.RUNNING, user_attrs={LEASE: self._lease(attempt=0)})
        trial_id = create_trial(self.storage, study_id, template)
        self._held[trial_id] = 0
        return trial_id

    def claim(self, study_id: int, trial_id: int) -> bool:
        """Take a waiting trial and write this process's lease; False where another process was faster."""
        try:
            if not self.storage.set_trial_state_values(trial_id, state=TrialState.RUNNING):
                return False
        except UpdateFinishedTrialError:
            return False
        trial = hold_trial(self.storage, study_id, trial_id)
        self._held[trial_id] = trial.user_attrs.get(LEASE, {}).get("attempt", 0)
        self._write(trial_id)
        return True

    def attempts(self, trial_id: int) -> int:
        """Return the number of attempts at a trial that is held: evaluations that began, by whomever."""
        return self._held[trial_id]

    def begin(self, trial_id: int) -> None:
        """Count an attempt."""
        self._held[trial_id] += 1
        self._begun.add(trial_id)
        self._write(trial_id)

    def progress(self, trial_id: int) -> None:
        """Let the attempt at hand be the first: its evaluation came further than any before it."""
        if self._held[trial_id] > 1:
            self._held[trial_id] = 1
            self._write(trial_id)

    def drop(self, trial_id: int) -> None:
        """Forget a trial that has ended."""
        self._held.pop(trial_id, None)
        self._begun.discard(trial_id)

    def give_all_back(self) -> None:
        """Let others have what this process leaves unfinished; this does not count as an attempt."""
        for trial_id, attempt in self._held.items():
            with contextlib.suppress(UpdateFinishedTrialError, KeyError):
                if self._is_mine(trial_id):
                    self.storage.set_trial_user_attr(trial_id, LEASE, self._lease(attempt - (trial_id in self._begun)))
                    self.storage.set_trial_state_values(trial_id, state=TrialState.WAITING)
        self._held.clear()
        self._begun.clear()

    def reclaim(self, trial: FrozenTrial) -> bool:
        """Put a running trial whose lease has lapsed back in the queue; False where its worker may be alive."""
        if not self._lapsed(trial):
            return False
        latest = self.storage.get_trial(trial_id_of(trial))
        if latest.state != TrialState.RUNNING or latest.user_attrs.get(LEASE) != trial.user_attrs.get(LEASE):
            return False
        try:
            return self._put_back(latest)
        except UpdateFinishedTrialError:
            return False

    def _put_back(self, trial: FrozenTrial) -> bool:
        """Put a running trial back in the queue; False where another process does so at the same moment.

        No storage of Optuna can compare and set this in one step. So each writes its lease, waits for longer than one
        that saw the old lease takes to write, and goes on if its own still stands (Fischer's mutual exclusion).
        """
        if self.shared:
            attempt = trial.user_attrs.get(LEASE, {}).get("attempt", 0)
            self.storage.set_trial_user_attr(trial_id_of(trial), LEASE, self._lease(attempt))
            time.sleep(WRITTEN_WITHIN_S)
            if not self._is_mine(trial_id_of(trial)):
                return False
        self.storage.set_trial_state_values(trial_id_of(trial), state=TrialState.WAITING)
        return True

    def _is_mine(self, trial_id: int) -> bool:
        let_go(self.storage, trial_id)
        latest = self.storage.get_trial(trial_id)
        worker = latest.user_attrs.get(LEASE, {}).get("worker")
        return latest.state == TrialState.RUNNING and worker == self.worker

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renew every lease held, in the background, until the context ends."""
        if not self.shared:
            yield
            return
        ended = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(ended,), daemon=True, name="leases")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(RENEWED_EVERY_S)

    def _lapsed(self, trial: FrozenTrial) -> bool:
        lease = trial.user_attrs.get(LEASE)
        if not self.shared or self._is_dead_here(lease):
            return True
        known, since = self._seen.get(trial_id_of(trial), (None, 0.0))
        now = time.monotonic()
        if since == 0.0 or known != lease:
            self._seen[trial_id_of(trial)] = (lease, now)
            return False
        # while the storage was away, nobody could renew a lease
        return now - max(since, getattr(self.storage, "answers_since", since)) > LAPSES_AFTER_S

    def _is_dead_here(self, lease: dict[str, Any] | None) -> bool:
        """Tell whether the worker was a process of this machine that is no more, or this one without knowing of it."""
        worker = (lease or {}).get("worker", {})
        if worker == self.worker:  # it was given back, or made in a call whose answer was lost
            return True
        if worker.get("machine") != self.worker["machine"]:
            return False
        try:
            os.kill(int(worker["pid"]), 0)
        except ProcessLookupError:
            return True
        except (OSError, KeyError, ValueError):
            return False
        return bool(worker["pid"] == self.worker["pid"])  # an earlier process with the same number

    def _write(self, trial_id: int) -> None:
        self.storage.set_trial_user_attr(trial_id, LEASE, self._lease(self._held[trial_id]))

    def _lease(self, attempt: int) -> dict[str, Any]:
        return {"worker": self.worker, "attempt": attempt, "beat": self._beat}

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(RENEWED_EVERY_S):
            self._beat += 1
            for trial_id in list(self._held):
                with contextlib.suppress(Exception):  # it ended meanwhile, or the storage is away: the next beat tells
                    self._write(trial_id)

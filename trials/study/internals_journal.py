"""Private names of Optuna's journal storage: a replay of its lines that is quick where nobody looks yet. No torch.

`JournalStorage._replay_result`, `._sync_with_backend`, `._backend` and the methods `_apply_*` of
`JournalStorageReplayResult`: Optuna reads every distribution anew, copies all parameters of a trial for each further
one and keeps the place of every line. Before the storage is handed out, nobody can hold a trial, so that it is changed
in place, and equal distributions are one. What is read afterwards goes through Optuna's own methods.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from optuna.distributions import BaseDistribution, check_distribution_compatibility, json_to_distribution
from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend
from optuna.storages.journal._storage import JournalOperation, JournalStorageReplayResult
from optuna.trial import FrozenTrial

PARAM, USER_ATTR = int(JournalOperation.SET_TRIAL_PARAM), int(JournalOperation.SET_TRIAL_USER_ATTR)


def open_journal_storage(backend: BaseJournalBackend) -> JournalStorage:
    """Return Optuna's storage over a journal, its lines so far read quickly."""
    return QuickJournal(backend)


class QuickJournal(JournalStorage):
    """Optuna's storage; its first look at the journal is a quick one."""

    def _sync_with_backend(self) -> None:
        if not isinstance(self._replay_result, Replay):
            self._replay_result = Replay(self._worker_id_prefix)
            self._replay_result.apply_first(self._backend.read_logs(0))
        else:
            super()._sync_with_backend()


class Replay(JournalStorageReplayResult):
    """What a journal says, its first lines applied in place."""

    def apply_first(self, logs: Iterable[dict[str, Any]]) -> None:
        """Apply lines that were written before this process began, by others therefore."""
        known: dict[tuple[int, str], BaseDistribution] = {}
        for log in logs:
            kind = log["op_code"]
            if kind == PARAM:
                self.log_number_read += 1
                self._set_param(log, known)
            elif kind == USER_ATTR:
                self.log_number_read += 1
                self._set_user_attr(log)
            else:
                self.apply_logs([log])
        if not all(isinstance(study.study_name, str) for study in self._studies.values()):
            raise TypeError("the name of a study is no text")
        for trial in self._trials.values():
            _require_readable(trial)

    def _set_param(self, log: dict[str, Any], known: dict[tuple[int, str], BaseDistribution]) -> None:
        trial = self._trials.get(log["trial_id"])
        if trial is None or trial.state.is_finished():
            return
        name, distribution = sys.intern(log["param_name"]), _distribution(log["distribution"])
        first = known.setdefault((self._trial_id_to_study_id[log["trial_id"]], name), distribution)
        if first is not distribution:
            try:
                check_distribution_compatibility(first, distribution)
            except ValueError:
                return
        trial.params[name] = distribution.to_external_repr(log["param_value_internal"])
        trial.distributions[name] = distribution

    def _set_user_attr(self, log: dict[str, Any]) -> None:
        trial = self._trials.get(log["trial_id"])
        if trial is not None and not trial.state.is_finished():
            (key,) = log["user_attr"]
            trial.user_attrs[sys.intern(key)] = log["user_attr"][key]


def _require_readable(trial: FrozenTrial) -> None:
    """Raise where attributes are not what Optuna writes: it takes them as they come and stumbles later."""
    if not isinstance(trial.user_attrs, dict) or not isinstance(trial.system_attrs, dict):
        raise TypeError(f"the attributes of trial {trial.number} are no mapping")
    if not all(isinstance(excess, int | float) for excess in trial.constraints.values()):
        raise TypeError(f"a constraint of trial {trial.number} is no number")


@lru_cache(maxsize=1024)
def _distribution(text: str) -> BaseDistribution:
    return json_to_distribution(text)

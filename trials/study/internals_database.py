"""Private names of Optuna's storage of databases, used for few transactions and few reads. No torch.

`_CachedStorage` is what `optuna.storages.get_storage` makes of a database: each parameter and each attribute is a
transaction of its own, and each unfinished trial is read with six queries every time. Its lists of trials, its backend
and the backend's tables allow to write a proposal in one transaction and to read only what others changed.
"""

from __future__ import annotations

import copy
import datetime
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optuna.distributions import (
    BaseDistribution,
    check_distribution_compatibility,
    distribution_to_json,
    json_to_distribution,
)
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.storages._cached_storage import _CachedStorage
from optuna.trial import FrozenTrial, TrialState

from trials.study.writes import Writes, write_one_by_one

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ANY_ID = 2**31 - 1  # no trial has a greater id
PARTS = ("params", "distributions", "user_attrs", "system_attrs", "intermediate_values")
INSERT_OR_UPDATE = ("postgresql", "sqlite")  # databases that know "on conflict"


class Database(_CachedStorage):
    """A database of studies; the trials that this process works on stay in memory, their writes come in one go.

    What is kept in memory is what this process wrote. Where it slept for so long that another process took its trial
    over, the first to finish the trial counts, and the other one learns so when it writes.
    """

    def __init__(self, backend: RDBStorage) -> None:
        super().__init__(backend)
        self._held: dict[int, FrozenTrial] = {}
        self._held_lock = threading.Lock()  # leases are renewed by another thread

    def hold_new(self, trial_id: int) -> None:
        """Keep a trial that this process made a moment ago."""
        with self._lock:
            study_id, number = self._trial_id_to_study_id_and_number[trial_id]
            self._held[trial_id] = _copied(self._studies[study_id].trials[number])

    def hold(self, trial_id: int, study_id: int) -> FrozenTrial:
        """Read a trial that another process made, and keep it."""
        trial = self._backend.get_trial(trial_id)
        with self._lock:
            self._add_trials_to_cache(study_id, [trial])
            self._held[trial_id] = _copied(trial)
        return trial

    def let_go(self, trial_id: int) -> None:
        """Read a trial from the database again."""
        with self._held_lock:
            self._held.pop(trial_id, None)

    def get_trial(self, trial_id: int) -> FrozenTrial:
        """Return a trial: from memory where this process works on it or it has ended."""
        held = self._held.get(trial_id)
        return super().get_trial(trial_id) if held is None else _copied(held)

    def read_trials(self, study_id: int, trial_ids: Collection[int], above: int) -> list[FrozenTrial]:
        """Return the trials with these ids and those with an id greater than `above`, by number."""
        wanted = dict.fromkeys([*trial_ids, *self._ids_above(study_id, above)])
        known = {trial_id: trial for trial_id in wanted if (trial := self._in_memory(trial_id)) is not None}
        missing = wanted.keys() - known.keys()
        read = self._backend._get_trials(study_id, None, missing, ANY_ID) if missing else []
        with self._lock:
            self._add_trials_to_cache(study_id, read)
        return sorted([*known.values(), *read], key=lambda trial: trial.number)

    def write_trial(self, trial_id: int, writes: Writes) -> None:
        """Write parameters and attributes of one trial in one transaction."""
        try:
            if self._backend.engine.name in INSERT_OR_UPDATE:
                self._write_at_once(trial_id, writes)
            else:
                write_one_by_one(self._backend, trial_id, writes)
        except UpdateFinishedTrialError:
            self.let_go(trial_id)
            raise
        with self._held_lock:
            if (held := self._held.get(trial_id)) is not None:
                self._held[trial_id] = _updated(held, writes)

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        """Write an attribute of ours."""
        self.write_trial(trial_id, Writes(user_attrs={key: value}))

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        """Write an attribute of Optuna's."""
        self.write_trial(trial_id, Writes(system_attrs={key: value}))

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        """Write a parameter."""
        self.write_trial(trial_id, Writes(params={param_name: (param_value_internal, distribution)}))

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        """Write an intermediate value."""
        super().set_trial_intermediate_value(trial_id, step, intermediate_value)
        with self._held_lock:
            if (held := self._held.get(trial_id)) is not None:
                held = self._held[trial_id] = _copied(held)
                held.intermediate_values[step] = intermediate_value

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        """Set a trial's state. One that ended stays in memory, one that waits may be anybody's."""
        with self._held_lock:
            held = self._held.pop(trial_id, None) if state != TrialState.RUNNING else None
        done = super().set_trial_state_values(trial_id, state, values)
        if held is not None and done and state.is_finished():
            self._add_finished(held, state, values)
        return done

    def _add_finished(self, held: FrozenTrial, state: TrialState, values: Sequence[float] | None) -> None:
        trial = _copied(held)
        trial.state, trial.datetime_complete = state, datetime.datetime.now()
        trial.values = None if values is None else list(values)
        with self._lock:
            study_id, _ = self._trial_id_to_study_id_and_number[trial._trial_id]
            self._add_trials_to_cache(study_id, [trial])

    def _in_memory(self, trial_id: int) -> FrozenTrial | None:
        if (held := self._held.get(trial_id)) is not None:
            return _copied(held)
        with self._lock:
            return self._get_cached_trial(trial_id)

    def _ids_above(self, study_id: int, above: int) -> list[int]:
        from optuna.storages._rdb.models import TrialModel
        from sqlalchemy import select

        query = select(TrialModel.trial_id).where(TrialModel.study_id == study_id, TrialModel.trial_id > above)
        with self._backend.engine.connect() as connection:
            return list(connection.scalars(query))

    def _write_at_once(self, trial_id: int, writes: Writes) -> None:
        from optuna.storages._rdb.models import TrialModel
        from sqlalchemy import select

        query = select(TrialModel.study_id, TrialModel.state).where(TrialModel.trial_id == trial_id).with_for_update()
        with self._backend.engine.begin() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise KeyError(f"no trial with id {trial_id}")
            self.check_trial_is_updatable(trial_id, row.state)
            if writes.params:
                self._check_distributions(connection, row.study_id, writes)
            _insert(connection, trial_id, writes)
        if writes.params:
            self._know_distributions(row.study_id, writes)

    def _check_distributions(self, connection: Connection, study_id: int, writes: Writes) -> None:
        """Refuse parameters whose distributions are not those that the study has them with, as Optuna does."""
        from optuna.storages._rdb.models import TrialModel, TrialParamModel
        from sqlalchemy import select

        with self._lock:
            known = dict(self._studies[study_id].param_distribution) if study_id in self._studies else {}
        new = writes.params.keys() - known.keys()
        if new:
            columns = TrialParamModel.param_name, TrialParamModel.distribution_json
            query = select(*columns).distinct().join(TrialModel)
            query = query.where(TrialModel.study_id == study_id, TrialParamModel.param_name.in_(new))
            known |= {row.param_name: json_to_distribution(row.distribution_json) for row in connection.execute(query)}
        for name in writes.params.keys() & known.keys():
            check_distribution_compatibility(known[name], writes.params[name][1])

    def _know_distributions(self, study_id: int, writes: Writes) -> None:
        with self._lock:
            if study_id in self._studies:
                known = self._studies[study_id].param_distribution
                known.update({name: distribution for name, (_, distribution) in writes.params.items()})


def _insert(connection: Connection, trial_id: int, writes: Writes) -> None:
    """Insert parameters, those that are there already stay; insert attributes or update them."""
    from optuna.storages._rdb import models

    if writes.params:
        rows = [
            {
                "trial_id": trial_id,
                "param_name": name,
                "param_value": value,
                "distribution_json": distribution_to_json(distribution),
            }
            for name, (value, distribution) in writes.params.items()
        ]
        connection.execute(_insert_into(connection, models.TrialParamModel).on_conflict_do_nothing(), rows)
    _upsert(connection, models.TrialUserAttributeModel, trial_id, writes.user_attrs)
    _upsert(connection, models.TrialSystemAttributeModel, trial_id, writes.system_attrs)


def _upsert(connection: Connection, table: Any, trial_id: int, attributes: Mapping[str, Any]) -> None:
    if not attributes:
        return
    insert = _insert_into(connection, table)
    upsert = insert.on_conflict_do_update(
        index_elements=[table.trial_id, table.key], set_={"value_json": insert.excluded.value_json}
    )
    rows = [{"trial_id": trial_id, "key": key, "value_json": json.dumps(value)} for key, value in attributes.items()]
    connection.execute(upsert, rows)


def _insert_into(connection: Connection, table: Any) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _copied(trial: FrozenTrial) -> FrozenTrial:
    """Return a trial whose parameters and attributes may be changed."""
    copied = copy.copy(trial)
    for part in PARTS:
        setattr(copied, part, dict(getattr(trial, part)))
    return copied


def _updated(trial: FrozenTrial, writes: Writes) -> FrozenTrial:
    updated = _copied(trial)
    for name, (value, distribution) in writes.params.items():
        updated.distributions.setdefault(name, distribution)
        updated.params.setdefault(name, distribution.to_external_repr(value))
    updated.user_attrs.update(writes.user_attrs)
    updated.system_attrs.update(writes.system_attrs)
    return updated

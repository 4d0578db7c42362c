"""Private names of Optuna: all of them, each behind a function that says what it is for. No torch.

`Study._storage`, `Study._study_id`, `Trial._trial_id`: a storage takes trials one at a time by their ids, which costs
less than listing all; nothing public tells the ids. `Study._thread_local`: holds a list of trials that only `Study.ask`
clears. `Trial._suggest`: the public `suggest_*` take no distribution. `Trial._cached_frozen_trial`: only there it is
told which steps were reported. `BaseSampler._raise_error_if_multi_objective`: samplers of ours refuse as Optuna's do.
"fixed_params": how `Study.enqueue_trial` marks a trial. `storages.journal._file`, `._storage` and the parts of
`JournalStorage`: a lock of our own, several lines in one append. Those of databases are in
`internals_database`, those of the replay of a journal in `internals_journal`.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal._file import BaseJournalFileLock as BaseJournalFileLock
from optuna.storages.journal._storage import JournalOperation

from trials.study.internals_database import Database
from trials.study.writes import Writes, WritesCollector, write_one_by_one

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

DATABASE_METHODS = ("hold_new", "hold", "let_go", "read_trials", "write_trial")


def storage_of(study: Study) -> BaseStorage:
    """Return the storage that keeps a study."""
    return study._storage


def study_id_of(study: Study) -> int:
    """Return a study's id in its storage."""
    return study._study_id


def trial_id_of(trial: Trial | FrozenTrial) -> int:
    """Return a trial's id in its storage; its number is another thing."""
    return trial._trial_id


def forget_listed_trials(study: Study) -> None:
    """Let a study list its trials anew when it is next asked, as `Study.ask` does for every trial."""
    study._thread_local.cached_all_trials = None


def suggest(trial: Trial, distributions: Mapping[str, BaseDistribution]) -> None:
    """Let the study's sampler set the parameters that a trial does not have yet."""
    for name, distribution in distributions.items():
        trial._suggest(name, distribution)


def has_reported(trial: Trial, step: int) -> bool:
    """Tell whether there is an intermediate value of this step, of an earlier attempt too."""
    return step in trial._cached_frozen_trial.intermediate_values


def was_enqueued(trial: FrozenTrial) -> bool:
    """Tell whether `Study.enqueue_trial` made a trial, and no sampler."""
    return "fixed_params" in trial.system_attrs


def require_one_objective(sampler: BaseSampler, study: Study) -> None:
    """Raise Optuna's ValueError where a study has several objectives."""
    sampler._raise_error_if_multi_objective(study)


def changes_a_state(log: Mapping[str, Any]) -> bool:
    """Tell whether a line of a journal sets the state of a trial."""
    return bool(log["op_code"] == JournalOperation.SET_TRIAL_STATE_VALUES)


def open_database(backend: RDBStorage) -> BaseStorage:
    """Return the storage that studies are given, over a database."""
    return Database(backend)


def create_trial(storage: BaseStorage, study_id: int, template: FrozenTrial) -> int:
    """Make a trial that this process alone works on; return its id."""
    trial_id = storage.create_new_trial(study_id, template)
    if (database := _database(storage)) is not None:
        database.hold_new(trial_id)
    return trial_id


def hold_trial(storage: BaseStorage, study_id: int, trial_id: int) -> FrozenTrial:
    """Return a trial as it stands; from now on this process alone works on it."""
    database = _database(storage)
    return storage.get_trial(trial_id) if database is None else database.hold(trial_id, study_id)


def let_go(storage: BaseStorage, trial_id: int) -> None:
    """Read a trial from its storage again: others may have worked on it."""
    if (database := _database(storage)) is not None:
        database.let_go(trial_id)


def read_trials(
    storage: BaseStorage, study_id: int, trial_ids: Collection[int], *, number: int, above: int
) -> list[FrozenTrial]:
    """Return the trials with these ids and all new ones: of `number` and later, which have ids greater than `above`."""
    if (database := _database(storage)) is not None:
        return database.read_trials(study_id, trial_ids, above)
    return [*map(storage.get_trial, trial_ids), *_trials_from(number, storage, study_id)]


def write_trial(storage: BaseStorage, trial_id: int, writes: Writes) -> None:
    """Write parameters and attributes of one trial: in one transaction, in one append to a journal."""
    if (database := _database(storage)) is not None:
        database.write_trial(trial_id, writes)
    elif isinstance(storage, JournalStorage):
        _append(storage, trial_id, writes)
    else:
        write_one_by_one(storage, trial_id, writes)


@contextmanager
def one_write(trial: Trial) -> Iterator[None]:
    """Write all that is set of a trial in this context in one go at its end; nothing where an error ends it.

    The trial itself knows at once. So does a storage that hands out its own objects, as those in memory do.
    """
    storage = trial.storage
    collector = WritesCollector(storage)
    trial.storage = cast("BaseStorage", collector)
    try:
        yield
    finally:
        trial.storage = storage
    if collector.writes:
        write_trial(storage, trial._trial_id, collector.writes)


def _database(storage: BaseStorage) -> Database | None:
    """Return a storage that has the methods of a database, perhaps behind its patience."""
    return cast("Database", storage) if hasattr(storage, "write_trial") else None


def _trials_from(number: int, storage: BaseStorage, study_id: int) -> Iterator[FrozenTrial]:
    """Yield the trials with this number and above, as many as there are."""
    for above in itertools.count(number):
        try:
            trial_id = storage.get_trial_id_from_study_id_trial_number(study_id, above)
        except KeyError:
            return
        yield storage.get_trial(trial_id)


def _append(journal: JournalStorage, trial_id: int, writes: Writes) -> None:
    with journal._thread_lock:
        common = {"worker_id": journal._replay_result.worker_id, "trial_id": trial_id}
        journal._backend.append_logs([{"op_code": kind, **common, **content} for kind, content in _logs(writes)])
        _read_back(journal)


def _read_back(journal: JournalStorage) -> None:
    """Take in the lines that were appended, all of them; raise what the first that is refused raises."""
    try:
        journal._sync_with_backend()
    except Exception:
        while True:  # each call passes over one line that is refused
            with contextlib.suppress(Exception):
                journal._sync_with_backend()
                break
        raise


def _logs(writes: Writes) -> Iterator[tuple[JournalOperation, dict[str, Any]]]:
    """Yield kind and content of the lines by which a journal notes these writes."""
    for name, (value, distribution) in writes.params.items():
        described = {"param_value_internal": value, "distribution": distribution_to_json(distribution)}
        yield JournalOperation.SET_TRIAL_PARAM, {"param_name": name, **described}
    for key, attribute in writes.user_attrs.items():
        yield JournalOperation.SET_TRIAL_USER_ATTR, {"user_attr": {key: attribute}}
    for key, attribute in writes.system_attrs.items():
        yield JournalOperation.SET_TRIAL_SYSTEM_ATTR, {"system_attr": {key: attribute}}

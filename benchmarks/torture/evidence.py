"""What is known of a search from outside of it: its study, and the objective's own log."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from benchmarks.torture.deeds import DEEDS
from benchmarks.torture.objective import digest
from trials.study.attributes import ENDED, FAILURE, KEY, LEASE, METRICS, NETWORK, SEED
from trials.study.storage import open_storage

STUDIES = ("torture/nas/references", "torture/nas/candidates")
Evaluation = tuple[int, str]  # its seed and a digest of its network: the seeds alone repeat between the studies


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One trial as it stands in the study; attributes but for the lease, which names processes."""

    state: TrialState
    values: tuple[float, ...]
    params: tuple[tuple[str, Any], ...]
    attributes: str

    @classmethod
    def of(cls, trial: FrozenTrial) -> Record:
        """Return what two runs of the same search have to agree on."""
        kept = {name: value for name, value in trial.user_attrs.items() if name != LEASE}
        return cls(
            state=trial.state,
            values=tuple(trial.values or ()),
            params=tuple(sorted(trial.params.items())),
            attributes=json.dumps(kept, sort_keys=True),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """All trials at one moment, by study and number, and the evaluations whose outcome is recorded.

    What `taken` tells is a moment when it was all read (s, monotonic).
    """

    trials: dict[tuple[str, int], Record]
    recorded: frozenset[Evaluation]
    unfinished: int
    taken: float

    @property
    def finished(self) -> dict[tuple[str, int], Record]:
        """The trials that have ended."""
        return {key: record for key, record in self.trials.items() if record.state.is_finished()}

    def lost_in(self, later: Snapshot) -> list[str]:
        """Say which finished trials a later snapshot does not hold as they were."""
        return [
            f"{key}: {was} became {later.trials.get(key)}"
            for key, was in self.finished.items()
            if later.trials.get(key) != was
        ]


NOTHING = Snapshot(trials={}, recorded=frozenset(), unfinished=0, taken=0.0)


def take_snapshot(journal: Path, url: str | None, copy: Path) -> Snapshot:
    """Read the study. A journal is copied first: opening it would mend what the next run is to find torn."""
    if url is None and not journal.exists():
        return NOTHING
    if url is None:
        shutil.copyfile(journal, copy)
    storage = open_storage(url, copy)
    trials = {(name, trial.number): trial for name in STUDIES for trial in _trials(storage, name)}
    ended = [trial for trial in trials.values() if ENDED & {*trial.user_attrs}]
    return Snapshot(
        trials={key: Record.of(trial) for key, trial in trials.items()},
        recorded=frozenset(_evaluation(trial) for trial in ended if NETWORK in trial.user_attrs),
        unfinished=sum(not trial.state.is_finished() for trial in trials.values()),
        taken=time.monotonic(),
    )


def _evaluation(trial: FrozenTrial) -> Evaluation:
    network = trial.user_attrs[NETWORK]
    return network[SEED], digest(network[KEY])


def _trials(storage: BaseStorage, name: str) -> list[FrozenTrial]:
    if name not in optuna.get_all_study_names(storage):
        return []
    return optuna.load_study(study_name=name, storage=storage).get_trials(deepcopy=False)


@dataclass(kw_only=True)
class Calls:
    """The objective's own log, read as it grows."""

    path: Path
    offset: int = 0

    def fresh(self) -> list[dict[str, Any]]:
        """Return the lines that were not returned before."""
        if not self.path.exists():
            return []
        content = self.path.read_bytes()[self.offset :]
        self.offset += content.rfind(b"\n") + 1
        return [json.loads(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]


def ended_twice(calls: list[dict[str, Any]]) -> int:
    """Count evaluations that reached their end more than once: killed between their end and its record."""
    ends = Counter((call["seed"], call["network"]) for call in calls if call["event"] == "end")
    return sum(count - 1 for count in ends.values())


def networks_with_several_seeds(calls: list[dict[str, Any]]) -> list[str]:
    """Return networks that were evaluated for more than one trial."""
    pairs = {(call["network"], call["seed"]) for call in calls}
    return [network for network, count in Counter(network for network, _ in pairs).items() if count > 1]


def untruths(records: Iterable[Record], calls: list[dict[str, Any]], misdeeds: Mapping[int, str]) -> list[str]:
    """Return trials whose outcome is not what the objective said, or not what its misdeed has to come to."""
    said = {(call["seed"], call["network"]): call["accuracy"] for call in calls if call["event"] == "end"}
    named = {(call["seed"], call["network"]): misdeeds.get(call["seed"], "") for call in calls}
    return [
        f"the objective {deed or 'said'} {said.get(evaluation)}, the study holds {record.attributes}"
        for record in records
        if (evaluation := _evaluation_in(record)) in named
        and not _agrees(record, said.get(evaluation), deed := named[evaluation])
    ]


def _evaluation_in(record: Record) -> Evaluation | None:
    network = json.loads(record.attributes).get(NETWORK)
    return None if network is None else (network[SEED], digest(network[KEY]))


def _agrees(record: Record, said: float | None, deed: str) -> bool:
    attributes = json.loads(record.attributes)
    reason = DEEDS[deed].reason if deed else ""
    if reason:
        return record.state == TrialState.FAIL and reason in attributes.get(FAILURE, "")
    return record.state == TrialState.COMPLETE and attributes[METRICS]["val_accuracy"] == said

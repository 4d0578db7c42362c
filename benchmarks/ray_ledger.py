"""The ledgers and the clock that the benchmarks of the Ray engine share."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import optuna

from nas.samplers import SAMPLERS
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.space_file import load_space
from trials.study.candidate import Finished
from trials.study.ledger import Ledger
from trials.study.opening import open_study
from trials.study.storage import open_storage


def random_ledger(folder: Path, budget: int) -> Ledger:
    """Return a ledger of random networks of the space `efficientnet`, in a journal file."""
    space = load_space("efficientnet")
    storage = open_storage(None, folder / "study.journal")
    study = open_study(storage, "benchmark", sampler=SAMPLERS["random"](space=space, seed=0), settings={})
    return Ledger(
        study=study,
        distributions=space.distributions,
        decode=space.decode,
        cost_of=estimate_cost,
        value_of=lambda metrics, _cost: [metrics["val_accuracy"]],
        seed=0,
        budget=budget,
        space_size=space.size,
    )


def repeated_ledger(folder: Path, budget: int, architecture: Architecture) -> Ledger:
    """Return a ledger of one network at `budget` seeds, so that all trials cost the same."""
    storage = open_storage(None, folder / "study.journal")
    sampler = optuna.samplers.RandomSampler(seed=0)
    return Ledger(
        study=open_study(storage, "benchmark", sampler=sampler, settings={}),
        distributions={},
        decode=lambda _parameters: architecture,
        cost_of=estimate_cost,
        value_of=lambda metrics, _cost: [metrics["val_accuracy"]],
        seed=0,
        budget=budget,
        skip_duplicates=False,
    )


@dataclass(slots=True)
class Clock:
    """Notes when each trial ended; call it as the `on_finished` of an engine."""

    times: list[float] = field(default_factory=list)

    def __call__(self, _finished: Finished) -> None:
        """Take in a trial that ended."""
        self.times.append(time.perf_counter())

    def rate(self, first: int, last: int) -> float:
        """Return trials a second between the trials that ended as number `first` and `last` (from 0)."""
        return (last - first) / (self.times[last] - self.times[first])

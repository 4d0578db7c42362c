"""Candidates of one process between their proposal and their record, one by one or in batches. No torch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trials.study.attributes import key_of
from trials.study.candidate import Candidate, Outcome

if TYPE_CHECKING:
    from optuna import Trial


@dataclass(kw_only=True)
class Batch:
    """What this process has proposed and not recorded.

    With a `size`, that many candidates are proposed before the first of them is evaluated, and recorded once the last
    of them is evaluated; without, each by itself.
    """

    size: int | None = None
    queue: deque[Candidate] = field(default_factory=deque, init=False)  # proposed, not handed out
    open: dict[int, Trial] = field(default_factory=dict, init=False)  # proposed, not recorded: by number
    settled: dict[int, tuple[Candidate, Outcome]] = field(default_factory=dict, init=False)  # ended, not recorded

    @property
    def wants_proposals(self) -> bool:
        """Whether there is nothing to hand out and nothing of the batch before to wait for."""
        return not self.queue and not (self.size and self.open)

    def missing(self, evaluated: int) -> int:
        """Return how many candidates are to be proposed now, where `evaluated` of the study were evaluated."""
        return self.size - evaluated % self.size if self.size else 1

    @property
    def handed_out(self) -> int:
        """How many candidates are being evaluated."""
        return len(self.open) - len(self.queue) - len(self.settled)

    def recordable(self, *, unfinished: bool = False) -> list[int]:
        """Return the numbers of the trials to record, in order; of an `unfinished` batch where that is asked for."""
        if self.size and not unfinished and len(self.settled) < len(self.open):
            return []
        return sorted(self.settled)

    def close(self, number: int) -> tuple[Trial, Candidate, Outcome]:
        """Take out a trial that is to be recorded, with its candidate and how that ended."""
        return self.open.pop(number), *self.settled.pop(number)

    def open_with(self, key: str) -> int | None:
        """Return the number of the open trial of a network, None where there is none."""
        return next((number for number, trial in self.open.items() if key_of(trial) == key), None)

    def clear(self) -> None:
        """Forget everything."""
        self.queue.clear()
        self.open.clear()
        self.settled.clear()

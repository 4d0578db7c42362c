"""Where a study stands: how many candidates were evaluated, what runs elsewhere, what waits. No torch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from optuna.trial import TrialState

from trials.study.attributes import DUPLICATE_OF, OVER_LIMIT, key_of
from trials.study.leases import Leases
from trials.study.reader import StudyReader

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(kw_only=True)
class Overview:
    """The state of one study at the last look, whoever works on it.

    `running` holds the trials that other processes work on, `waiting` those that anybody may take, both by number.
    """

    reader: StudyReader
    leases: Leases
    evaluated: int = field(default=0, init=False)
    running: dict[int, FrozenTrial] = field(default_factory=dict, init=False)
    waiting: dict[int, FrozenTrial] = field(default_factory=dict, init=False)

    def update(self, own: Collection[int]) -> list[FrozenTrial]:
        """Look again and return the trials that ended since; `own` are the numbers that this process works on."""
        self.running.clear()
        self.waiting.clear()
        ended = []
        for trial in self.reader.changed():
            if trial.state.is_finished():
                ended.append(trial)
            elif trial.state == TrialState.WAITING or (trial.number not in own and self.leases.reclaim(trial)):
                self.waiting[trial.number] = trial
            elif trial.number not in own:
                self.running[trial.number] = trial
        self.evaluated += sum(map(was_evaluated, ended))
        return ended

    def next_waiting(self) -> FrozenTrial | None:
        """Take the waiting trial with the smallest number, None where there is none."""
        return self.waiting.pop(min(self.waiting)) if self.waiting else None

    def running_with(self, key: str | None, *, before: int) -> int | None:
        """Return the first trial with a smaller number by which others evaluate a network (None: one not yet named)."""
        return next((n for n, other in self.running.items() if n < before and key_of(other) == key), None)

    def unfinished_before(self, number: int) -> int:
        """Count the trials with smaller numbers that others work on or may take."""
        return sum(other < number for other in (*self.running, *self.waiting))


def was_evaluated(trial: FrozenTrial) -> bool:
    """Tell whether a trial that ended counts: neither a duplicate nor over a limit."""
    return DUPLICATE_OF not in trial.user_attrs and OVER_LIMIT not in trial.user_attrs

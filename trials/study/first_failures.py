"""The first candidates of a run that all fail alike: a mistake of the experiment, not of its networks. No torch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trials.study.candidate import Outcome

WATCHED = 3
DETAILS = re.compile(r"0x[0-9a-fA-F]+|\d+")  # shapes, sizes and addresses differ from network to network


class FailedAlike(Exception):
    """The first candidates of a run failed alike, and it stopped."""

    @property
    def advice(self) -> str:
        """What happened, and how the run goes on: for commands that can evaluate what failed again."""
        return f"{self}. Mend it, and run the same command with --retry-failed."


@dataclass(kw_only=True)
class FirstFailures:
    """How the first candidates that a process evaluates end, until one of them does not fail."""

    _reasons: list[str] = field(default_factory=list, init=False)
    _one_worked: bool = field(default=False, init=False)

    def take_in(self, outcome: Outcome) -> None:
        """Take in how the next candidate ended."""
        if outcome.failure is None:
            self._one_worked = True
        elif len(self._reasons) < WATCHED:
            self._reasons.append(outcome.failure)

    @property
    def alike(self) -> str | None:
        """The reason of the first, where all failed for the same one but for its numbers; None where not."""
        if self._one_worked or len(self._reasons) < WATCHED:
            return None
        kinds = {DETAILS.sub("#", reason) for reason in self._reasons}
        return self._reasons[0] if len(kinds) == 1 else None

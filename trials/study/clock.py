"""The time that a command may take, and the moment from which a ledger hands out nothing new. No torch."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from trials.study.candidate import Outcome

SHARE_WORTH_BEGINNING = 0.5  # of what one more is expected to take: so a run ends as much too early as too late
RECENT = 3  # candidates


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """What is left of `seconds` that began with a command; `now` tells seconds since any one moment."""

    seconds: float
    now: Callable[[], float] = time.monotonic
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until the end, negative after it."""
        return self.began + self.seconds - self.now()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self.now() - self.began


@dataclass(kw_only=True)
class Deadline:
    """When one ledger hands out nothing new: once less is left than half of what one more candidate will take.

    That is the mean of those that ended or of the last three, whichever is longer, until then `expected` (seconds): a
    machine that became busy is believed. `kept` seconds of the clock are left for what
    comes afterwards. Passed once, it stays passed; without a clock it never is. The first `at_least` candidates are
    handed out in any case.
    """

    clock: Clock = field(default_factory=lambda: Clock(seconds=math.inf))
    expected: float = 0.0
    kept: float = 0.0
    at_least: int = 1
    passed: bool = field(default=False, init=False)
    _ended: int = field(default=0, init=False)
    _seconds: float = field(default=0.0, init=False)
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT), init=False)
    _handed_out: int = field(default=0, init=False)

    @property
    def one_more(self) -> float:
        """Seconds that one more candidate is expected to take."""
        return max(self._seconds / self._ended, statistics.fmean(self._recent)) if self._ended else self.expected

    def look(self) -> bool:
        """Look at the clock and tell whether it is too late to begin another candidate."""
        if self._handed_out >= self.at_least and self.clock.left - self.kept < SHARE_WORTH_BEGINNING * self.one_more:
            self.passed = True
        return self.passed

    def begin(self) -> None:
        """Take in that a candidate is handed out."""
        self._handed_out += 1

    def end(self, outcome: Outcome) -> None:
        """Take in how a candidate ended; the time of a failure says nothing of the others'."""
        if outcome.failure is None:
            self._ended += 1
            self._seconds += outcome.seconds
            self._recent.append(outcome.seconds)

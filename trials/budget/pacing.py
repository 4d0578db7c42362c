"""The clock of a command, and for each of its studies when nothing new is begun. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trials.experiment import Experiment
from trials.study.clock import Clock, Deadline

Kind = TypeVar("Kind", bound=Experiment)
MOST_TRIALS = 1_000_000  # where their number is left to the clock
# of the budget, for tables, plots and the report: at least and at most so many seconds
RESERVED_SHARE, LEAST_RESERVED_S, MOST_RESERVED_S = 0.02, 5.0, 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Pacing:
    """How a command keeps to its budget, by the names of its studies.

    `expected` is what one candidate will take, `kept` what is left for the studies that come after, both in seconds;
    `at_least` candidates are evaluated in any case. `open_ended`: as many as fit are evaluated, as no number of them
    was written.
    """

    clock: Clock
    expected: Mapping[str, float] = field(default_factory=dict)
    kept: Mapping[str, float] = field(default_factory=dict)
    at_least: Mapping[str, int] = field(default_factory=dict)
    open_ended: bool = False

    def deadline(self, study: str) -> Deadline:
        """Return when a study begins nothing new."""
        return Deadline(
            clock=self.clock,
            expected=self.expected.get(study, 0.0),
            kept=self.kept.get(study, 0.0) + reserved(self.clock.seconds),
            at_least=self.at_least.get(study, 0),
        )

    @property
    def over(self) -> bool:
        """Whether nothing but what is reserved is left."""
        return self.clock.left < reserved(self.clock.seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan(Generic[Kind]):
    """An experiment with all that follows from its budget, the clock it keeps to, and what to say of it."""

    experiment: Kind
    pacing: Pacing | None = None
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def reserved(budget: float) -> float:
    """Return the seconds of a budget in which nothing is evaluated: results are written.

    >>> [reserved(seconds) for seconds in (60, 600, 36_000)]
    [5.0, 12.0, 30.0]
    """
    return min(MOST_RESERVED_S, max(LEAST_RESERVED_S, RESERVED_SHARE * budget))


def seconds_to_evaluate(clock: Clock, at_once: int) -> float:
    """Return the seconds left to evaluate in, of all candidates that run at a time together; at least one."""
    return max(1.0, clock.left - reserved(clock.seconds)) * at_once

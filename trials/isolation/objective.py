"""An objective evaluated in a process of its own, which outlives candidates and is replaced when it dies. No torch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from search_spaces.errors import InvalidInput
from trials.isolation.output import Tell
from trials.isolation.process import Allowance, Child
from trials.study.candidate import Begins, Candidate, Failed, Metrics, Report, Stopped

GUARD_FACTOR = 10  # times the slowest candidate that finished ...
GUARD_FLOOR_S = 600.0  # ... but not less: where no limit was set, a candidate beyond that hangs


class Objective(Protocol):
    """An evaluation that can be pickled and has something to prepare in the process that calls it."""

    def prepare(self) -> None:
        """Import or fetch what it needs. Raises InvalidInput where that cannot be had."""

    def __call__(self, candidate: Candidate, report: Report, /) -> Metrics:
        """Evaluate a candidate."""


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


@dataclass(kw_only=True)
class Isolated:
    """Evaluate candidates by an `objective` in another process, each for at most `max_seconds`.

    None: for ten times as long as the slowest that finished here, and for ten minutes at least. Whatever the code does
    (exit, crash, hang, be killed) fails the candidate with a plain reason; the next one finds a new process.
    Where the objective is `foreign`, code of the user's, this process does not even import it. Pickled, it is as at
    its beginning: each worker has a process of its own.
    """

    objective: Objective
    max_seconds: float | None = None
    foreign: bool = True
    _tell: Tell = field(default=_write, init=False, repr=False, compare=False)
    _child: Child | None = field(default=None, init=False, repr=False, compare=False)
    _slowest: float = field(default=0.0, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[Callable[..., Isolated], tuple[Any, ...]]:
        return _made, (self.objective, self.max_seconds, self.foreign)

    def prepare(self) -> None:
        """Prepare the objective: code of the user's in its process, ours in this one. Raises InvalidInput."""
        if not self.foreign:
            self.objective.prepare()
            return
        try:
            self._started()
        except Failed as failed:
            accepted = f"something that can be imported ({failed})"
            raise InvalidInput("objective.python", getattr(self.objective, "python", None), accepted) from None

    def begin(self, tell: Tell) -> None:
        """Take who shows lines to the user, and let the objective do what it does once."""
        self._tell = tell
        if self._child is not None:
            self._child.output.tell = tell
        if isinstance(self.objective, Begins):
            self.objective.begin(tell)

    def __call__(self, candidate: Candidate, report: Report) -> Metrics:
        """Return the candidate's metrics. Raises Failed with the reason, and Stopped."""
        child = self._started()
        try:
            return self._evaluated(child, candidate, report)
        except (Failed, Stopped):
            raise
        except BaseException:  # the run ends in the middle of a candidate
            self._end(at_once=True)
            raise

    def end(self) -> None:
        """End the process, where there is one."""
        self._end()

    def _started(self) -> Child:
        """Return the process, a new one where there is none, with its objective prepared."""
        if self._child is None:
            self._child = Child(self.objective, self._tell)
            self._child.send(None)
            message = self._child.receive()
            if message is None or "prepared" not in message:
                ended = self._end(at_once=message is not None)
                if message is not None and "refused" in message:
                    raise InvalidInput(*message["refused"])
                raise Failed(ended if message is None else message["failure"])
        return self._child

    def _evaluated(self, child: Child, candidate: Candidate, report: Report) -> Metrics:
        limit, whose = self._limit()
        child.output.begin()
        child.send(candidate)
        allowed = None if limit is None else Allowance(seconds=limit)
        while True:
            try:
                message = child.receive(allowed)
            except TimeoutError:
                self._end(at_once=True)
                raise Failed(f"out of time: not finished after {limit:.10g} s ({whose})") from None
            if message is None:
                raise Failed(self._end())
            if "report" not in message:
                return self._ended(message)
            child.send(_stops(report, *message["report"]))

    def _ended(self, message: dict[str, Any]) -> Metrics:
        if message.get("stopped"):
            raise Stopped
        if "failure" in message:
            raise Failed(message["failure"])
        self._slowest = max(self._slowest, message["seconds"])
        metrics: Metrics = message["metrics"]
        return metrics

    def _limit(self) -> tuple[float | None, str]:
        """Return the seconds that a candidate has, and who says so."""
        if self.max_seconds is not None:
            return self.max_seconds, "limits.max_seconds"
        if not self._slowest:
            return None, ""
        told = f"{GUARD_FACTOR} times the slowest candidate before, {GUARD_FLOOR_S:.10g} s at least"
        return max(GUARD_FLOOR_S, GUARD_FACTOR * self._slowest), f"{told}; limits.max_seconds sets another limit"

    def _end(self, *, at_once: bool = False) -> str:
        child, self._child = self._child, None
        return "" if child is None else child.end(at_once=at_once)


def _made(objective: Objective, max_seconds: float | None, foreign: bool) -> Isolated:
    return Isolated(objective=objective, max_seconds=max_seconds, foreign=foreign)


def _stops(report: Report, step: int, value: float) -> bool:
    """Hand on a report and tell whether it ends the candidate."""
    try:
        report(step, value)
    except Stopped:
        return True
    return False

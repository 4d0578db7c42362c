"""The worker that Tune runs in a process of its own: one evaluation after the other, report by report. Imports Ray."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import sys
import threading
from dataclasses import dataclass
from typing import Any

from ray import tune
from ray.tune.result import DONE

from search_spaces.errors import described
from trials.engines.local import attempt
from trials.study.candidate import Candidate, Evaluate, Outcome, Stopped

ASSIGNMENT = "assignment"
OUTCOME = "outcome"
STEP, VALUE = "step", "value"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Assignment:
    """A candidate on its way to a worker; Tune writes the short text of it into its own notes."""

    candidate: Candidate

    def __repr__(self) -> str:
        return str(self.candidate.number)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipment:
    """What a worker receives once: the evaluation, its number of threads, the folder that relative paths start at."""

    evaluate: Evaluate
    threads: int
    folder: str


class Evaluation:
    """One evaluation in a thread of its own, which waits at every report until it is told to go on."""

    def __init__(self, evaluate: Evaluate, candidate: Candidate) -> None:
        self._news: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._waits = False
        self._thread = threading.Thread(target=self._run, args=(evaluate, candidate), daemon=True)
        self._thread.start()

    def advance(self, *, stop: bool) -> dict[str, Any]:
        """Return the next report (`step`, `value`) or, at the end, the `outcome`; `stop` ends it at its last report."""
        if self._waits:
            self._orders.put(stop)
        news = self._news.get()
        self._waits = OUTCOME not in news
        return news

    def abandon(self) -> None:
        """Stop the evaluation at the report it waits at."""
        while self._waits:
            self.advance(stop=True)

    def _run(self, evaluate: Evaluate, candidate: Candidate) -> None:
        try:
            outcome = attempt(evaluate, candidate, self._report)
        except BaseException as error:  # SystemExit ends a thread without a word, and the trial would wait for ever
            outcome = Outcome(failure=described(error))
        self._news.put({OUTCOME: outcome})

    def _report(self, step: int, value: float) -> None:
        self._news.put({STEP: step, VALUE: value})
        if self._orders.get():
            raise Stopped


class Worker(tune.Trainable):
    """Evaluate the candidate of each trial that Tune assigns; the process and what it loaded stay between trials."""

    def setup(self, config: dict[str, Any], shipment: Shipment | None = None) -> None:
        """Take what all trials share, then the first assignment."""
        assert shipment is not None
        self._shipment = shipment
        self._stop = False
        set_threads(shipment.threads)
        self.reset_config(config)

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Take the next assignment."""
        with contextlib.suppress(OSError):  # a node that does not have the folder keeps its own
            os.chdir(self._shipment.folder)
        self._assignment: Assignment = new_config[ASSIGNMENT]
        self._evaluation: Evaluation | None = None
        self._stop = False
        return True

    def step(self) -> dict[str, Any]:
        """Let the evaluation go on to its next report or its end."""
        if self._evaluation is None:  # not before: Tune may yet give the trial to a worker that started sooner
            self._evaluation = Evaluation(self._shipment.evaluate, self._assignment.candidate)
        news = self._evaluation.advance(stop=self._stop)
        if OUTCOME in news:
            shutil.rmtree(self.logdir, ignore_errors=True)
        return {**news, DONE: OUTCOME in news}

    def stop_evaluation(self) -> None:
        """Let the evaluation's last report raise Stopped; what it makes of that is its outcome."""
        self._stop = True

    def cleanup(self) -> None:
        """End what is still being evaluated."""
        if self._evaluation is not None:
            self._evaluation.abandon()


def set_threads(threads: int) -> None:
    """Give torch this many threads, whether it is imported already or will be."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)

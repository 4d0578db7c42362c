"""The live table of candidates while they are evaluated, with the time left. No torch."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType

from optuna.trial import FrozenTrial, TrialState
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from search_spaces.errors import LONGEST_REASON, one_line
from trials.console.at_work import AtWork
from trials.console.output import JsonConsole
from trials.study.candidate import Candidate, Evaluate, Finished, Metrics, Outcome, Report

SHOWN = 8
BEAT_S = 30.0
UNKNOWN = "not known yet"


class LiveTable:
    """Show the latest trials, the best one and the time left; on something that is no terminal, a line a trial
    and, every half minute, one for each candidate at work.

    `judged_by` makes the figure that a trial is judged by, `judgement` is what it is called.
    A context manager; call `finished` for every trial that ended.
    """

    def __init__(
        self,
        console: Console,
        title: str,
        *,
        done: int,
        total: int,
        name: Callable[[Candidate], str],
        judged_by: Callable[[FrozenTrial], float] = lambda trial: trial.values[0],
        judgement: str = "value",
    ) -> None:
        self._console = console
        self._title = title
        self._name = name
        self._judged_by = judged_by
        self._judgement = judgement
        self._total = total
        self._done = done
        self._best: tuple[float, int] | None = None
        self._rows: deque[tuple[str, ...]] = deque(maxlen=SHOWN)
        columns = [TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()]
        timing = [TextColumn("elapsed"), TimeElapsedColumn(), TextColumn("left {task.fields[left]}")]
        self._progress = Progress(*columns, *timing, console=console)
        self._task = self._progress.add_task(title, total=total, completed=done, left=UNKNOWN)
        self._work = AtWork()
        self._ended = threading.Event()
        self._drawn = console.is_terminal and not console.is_dumb_terminal  # a dumb one gets lines, as a log does
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4)

    def __enter__(self) -> LiveTable:
        if self._drawn:
            self._live.start()
        else:
            threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._drawn:
            self._live.stop()

    def watched(self, evaluate: Evaluate, epochs: int | None) -> Evaluate:
        """Return the evaluation with its beginning, its reports and its end shown; for evaluations in this process."""

        def evaluate_in_sight(candidate: Candidate, report: Report) -> Metrics:
            number = candidate.number
            name = one_line(self._name(candidate), LONGEST_REASON)
            self._work.begin(number, name, candidate.labels.get("epochs", epochs))

            def told(step: int, value: float) -> None:
                self._work.report(number, step, value)
                report(step, value)

            try:
                return evaluate(candidate, told)
            finally:
                self._work.end(number)

        return evaluate_in_sight

    def _beat(self) -> None:
        """Print a line for each candidate at work every half minute, so that a log tells that something goes on."""
        while not self._ended.wait(BEAT_S):
            for line in self._work.lines():
                text = f"{self._title} {self._done}/{self._total}  {line}, left {self._left()}"
                self._console.print(text, highlight=False, soft_wrap=True, markup=False, emoji=False)

    def _left(self) -> str:
        seconds = self._work.seconds_left(self._total - self._done)
        return UNKNOWN if seconds is None else f"{timedelta(seconds=round(seconds))}"

    def finished(self, finished: Finished) -> None:
        """Take in a trial that ended."""
        candidate, outcome, trial = finished.candidate, finished.outcome, finished.trial
        self._done += 1
        self._total = max(self._total, self._done)  # a total is a guess where time decides
        self._work.end(candidate.number, outcome.seconds)
        self._progress.update(self._task, completed=self._done, total=self._total)
        value = self._judged_by(trial) if trial.state == TrialState.COMPLETE else None
        if value is not None and (self._best is None or value > self._best[0]):
            self._best = (value, trial.number)
        row = self._row(candidate, outcome, value)
        self._rows.append(row)
        if isinstance(self._console, JsonConsole):
            self._tell(self._console, finished, value)
        elif not self._drawn:
            name, shown, accuracy, flops, seconds = row
            judged = f"{self._judgement} {shown}  accuracy {accuracy}" if value is not None else _ended(outcome)
            line = f"{self._title} {self._done}/{self._total}  {name}  {judged}  {flops}  {seconds}"
            self._console.print(line, highlight=False, soft_wrap=True, markup=False, emoji=False)

    def _tell(self, console: JsonConsole, finished: Finished, value: float | None) -> None:
        """Tell a trial that ended to a program."""
        candidate, outcome = finished.candidate, finished.outcome
        console.event(
            "trial",
            part=self._title,
            done=self._done,
            total=self._total,
            number=candidate.number,
            name=self._name(candidate),
            state="failed" if outcome.failure is not None else "stopped" if outcome.stopped else "done",
            failure=outcome.failure,
            **{self._judgement: value},
            val_accuracy=outcome.metrics.get("val_accuracy"),
            flops=candidate.cost.flops,
            seconds=round(outcome.seconds, 3),
        )

    def _row(self, candidate: Candidate, outcome: Outcome, value: float | None) -> tuple[str, ...]:
        accuracy = outcome.metrics.get("val_accuracy")
        return (
            one_line(self._name(candidate), LONGEST_REASON),
            f"{value:.4f}" if value is not None else (outcome.failure or "stopped early"),
            f"{accuracy:.4f}" if accuracy is not None else "-",
            f"{_millions(candidate.cost.flops)}M flops",
            f"{outcome.seconds:.1f} s",
        )

    def _render(self) -> Group:
        table = Table(box=None, pad_edge=False)
        for heading in ("trial", self._judgement, "accuracy", "cost", "time"):
            table.add_column(heading, justify="left" if heading == "trial" else "right", overflow="ellipsis")
        for row in self._rows:
            table.add_row(*map(Text, row))
        best = f"best {self._judgement} so far: {self._best[0]:.4f}, trial {self._best[1]}" if self._best else ""
        self._progress.update(self._task, left=self._left())
        return Group(table, *map(Text, self._work.lines()), best, self._progress)


def _millions(count: float) -> str:
    """Return a count in millions: whole ones from 10 on, two digits below.

    >>> _millions(385_814_752), _millions(1_230_000), _millions(40_000)
    ('386', '1.2', '0.04')
    """
    return f"{count / 1e6:.0f}" if count >= 1e7 else f"{count / 1e6:.2g}"


def _ended(outcome: Outcome) -> str:
    """Return how a candidate without a value ended."""
    return "stopped early" if outcome.failure is None else f"failed: {outcome.failure}"

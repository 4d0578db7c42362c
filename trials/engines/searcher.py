"""A ledger as the searcher and scheduler of Tune: candidates go out, verdicts and outcomes come back. Imports Ray."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ray.tune import Callback
from ray.tune.schedulers import FIFOScheduler
from ray.tune.search import Searcher

from search_spaces.errors import InvalidInput
from trials.engines.internals import folder_of_notes, keep_idle_workers, worker_of
from trials.engines.scratch import goes_with
from trials.engines.time_of_day import TimeOfDay
from trials.engines.worker import ASSIGNMENT, OUTCOME, STEP, VALUE, Assignment
from trials.study.candidate import Candidate, Finished, Stopped
from trials.study.ledger import Ledger

CREATION_FAILED = "creation task"  # how Ray says that a worker raised before its first trial
UNKNOWN_DEATH = "killed, out of memory, or its node was lost"

log = logging.getLogger("compound_nas")


class LedgerSearch(Searcher):
    """Propose what the ledger hands out, and tell it how that ended.

    Tune swallows or rewraps what is raised here, so an error is kept as `failure` and ends the run (`StopOnFailure`).
    """

    def __init__(self, ledger: Ledger, on_finished: Callable[[Finished], None]) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self.reasons: dict[str, str] = {}  # of workers that died, by Tune's trial id
        self._ledger = ledger
        self._on_finished = on_finished
        self._candidates: dict[str, Candidate] = {}

    def suggest(self, trial_id: str) -> Any:
        """Return the next candidate, None where there is none now, FINISHED where there will be none."""
        with self.kept():
            candidate = self._ledger.ask()
            if candidate is not None:
                self._candidates[trial_id] = candidate
                return {ASSIGNMENT: Assignment(candidate=candidate)}
            if not self._ledger.done:
                return None
        return Searcher.FINISHED

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Tell the ledger an outcome, or that the worker died without one."""
        candidate = self._candidates.pop(trial_id)
        with self.kept():
            if error or OUTCOME not in (result or {}):
                self._finish(self._ledger.retry(candidate, self.reasons.pop(trial_id, UNKNOWN_DEATH)))
            else:
                assert result is not None
                self._finish(self._ledger.tell(candidate, result[OUTCOME]))

    def should_stop(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Record a report and tell whether the pruner ends the trial."""
        with self.kept():
            try:
                self._ledger.report(self._candidates[trial_id], result[STEP], result[VALUE])
            except Stopped:
                return True
        return False

    def save(self, checkpoint_path: str) -> None:
        """Save nothing: the study is the record."""

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the first error of a block as the run's failure."""
        try:
            yield
        except Exception as error:
            self.failure = self.failure or error

    def _finish(self, finished: Sequence[Finished]) -> None:
        for one in finished:
            self._on_finished(one)


class Judge(FIFOScheduler):
    """Hand reports to the ledger and its verdicts to the workers; let Tune keep workers that wait for their next trial.

    A trial is not ended by Tune: its evaluation learns of the verdict at its report, as it does in one process.
    """

    def __init__(self, search: LedgerSearch, *, spare_actors: int, scratch: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._search = search
        self._spare_actors = spare_actors
        self._scratch = scratch
        self._prepared = False

    def on_trial_add(self, tune_controller: Any, trial: Any) -> None:
        """Make room for the workers of all trials, and see that Tune's notes do not stay, once."""
        super().on_trial_add(tune_controller, trial)
        if not self._prepared:
            goes_with(self._scratch, folder_of_notes(trial))
            keep_idle_workers(tune_controller, trial, self._spare_actors)
            self._prepared = True

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        """Record a report; a verdict to stop reaches the evaluation before it goes on."""
        if OUTCOME not in result and self._search.should_stop(trial.trial_id, result):
            worker_of(trial).stop_evaluation.remote()
        return str(super().on_trial_result(tune_controller, trial, result))

    def on_trial_error(self, tune_controller: Any, trial: Any) -> None:
        """Note why a worker died; one that could not even start is the end of the run."""
        super().on_trial_error(tune_controller, trial)
        text = Path(trial.error_file).read_text(encoding="utf-8") if trial.error_file else ""
        reason = _last_line(text)
        self._search.reasons[trial.trial_id] = reason
        if CREATION_FAILED in text:
            with self._search.kept():
                raise InvalidInput("compute.address", "a worker", f"nodes that can load the evaluation ({reason})")


class ClockNotice(Callback):
    """Say that the time of day was set back: Ray's timers wait for a time of day (its 2.60 does)."""

    def __init__(self, time_of_day: TimeOfDay | None = None) -> None:
        self._time_of_day = time_of_day or TimeOfDay()

    def on_step_end(self, iteration: int, trials: list[Any], **info: Any) -> None:
        """Look at the clock; Tune comes here several times a second, also while it waits for workers."""
        del iteration, trials, info
        seconds = self._time_of_day.set_back_by()
        if seconds:
            log.warning(
                "the clock was set back by %.0f s: Ray waits for times of day and may stand still for as long; "
                "ended by Ctrl-C and started again, the same command goes on at once",
                seconds,
            )


class StopOnFailure(Callback):
    """End the run of Tune where the ledger failed, a full disk for instance."""

    def __init__(self, search: LedgerSearch) -> None:
        self._search = search

    def on_step_end(self, iteration: int, trials: list[Any], **info: Any) -> None:
        """Raise the failure."""
        del iteration, trials, info
        if self._search.failure is not None:
            raise self._search.failure


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.partition("Some common causes")[0].splitlines() if line.strip()]
    return lines[-1][:300] if lines else UNKNOWN_DEATH

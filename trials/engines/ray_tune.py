"""Candidates evaluated by Ray Tune: several at a time, on this machine or on a cluster. Imports Ray."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ray import tune

from trials.engines.ray_session import Workers
from trials.engines.scratch import scratch_folder
from trials.engines.searcher import ClockNotice, Judge, LedgerSearch, StopOnFailure
from trials.engines.worker import Shipment, Worker
from trials.study.candidate import Evaluate, Finished
from trials.study.ledger import Ledger

TRIALS_PER_TUNE_RUN = 2000  # Tune keeps about 45 kB of every trial it ever ran


@dataclass(frozen=True, kw_only=True, slots=True)
class RayEngine:
    """Evaluates the candidates of ledgers in the workers of the Ray that this process is connected to.

    The ledger, its study and its sampler stay in this process. Tune only moves candidates and outcomes: what it keeps
    is thrown away, and what it would record of its own is not read.
    """

    workers: Workers
    trials_per_tune_run: int = TRIALS_PER_TUNE_RUN

    def run(self, ledger: Ledger, evaluate: Evaluate, on_finished: Callable[[Finished], None]) -> None:
        """Evaluate candidates until the ledger has no more.

        A candidate whose worker dies goes back to the ledger. Raises InvalidInput where no worker can load the
        evaluation.
        """
        shipment = Shipment(evaluate=evaluate, threads=self.workers.threads, folder=str(Path.cwd()))
        worker = tune.with_parameters(Worker, shipment=shipment)
        logging.getLogger("ray").setLevel(logging.CRITICAL)  # Tune reports failed trials as errors
        with ledger.at_work():
            while not ledger.done:
                with _signals_as_raised():
                    self._run_some(LedgerSearch(ledger, on_finished), worker)

    def _run_some(self, search: LedgerSearch, worker: type[Worker]) -> None:
        """Evaluate a limited number of candidates, so that Tune's own notes of them do not grow for ever."""
        with scratch_folder() as folder:
            tune.run(
                worker,
                name="trials",
                search_alg=search,
                scheduler=Judge(search, spare_actors=self.workers.concurrency, scratch=folder),
                callbacks=[StopOnFailure(search), ClockNotice()],
                num_samples=self.trials_per_tune_run,
                max_concurrent_trials=self.workers.concurrency,
                resources_per_trial=tune.PlacementGroupFactory([dict(self.workers.resources)]),
                reuse_actors=True,
                raise_on_failed_trial=False,
                storage_path=str(folder),
                trial_dirname_creator=_trial_folder,
                verbose=0,
            )
        if search.failure is not None:
            raise search.failure


@contextmanager
def _signals_as_raised() -> Iterator[None]:
    """Raise what a signal's handler raised in the middle of Ray, which makes a SystemError of it."""
    try:
        yield
    except Exception as error:
        cause: BaseException | None = error
        while isinstance(cause, Exception):
            cause = cause.__cause__ or cause.__context__
        if cause is not None:
            raise cause from None
        raise


def _trial_folder(trial: tune.experiment.Trial) -> str:
    return str(trial.trial_id)

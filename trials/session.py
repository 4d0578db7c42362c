"""One command at work on its studies: engine, lock, storage, evaluation and live table together. No torch.

It stands above `trials.study` and `trials.engines`: engines know ledgers, so nothing in `trials.study` knows engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage
from rich.console import Console

from search_spaces.architecture import Architecture
from search_spaces.architecture_file import parse_architecture
from search_spaces.cost import Cost
from trials.accounting import cost_counter, reward_of_values
from trials.budget.pacing import Pacing
from trials.console.progress import LiveTable
from trials.engines import Run, open_engine
from trials.experiment import Experiment
from trials.study.candidate import Begins, Candidate, Ends, Evaluate, Finished, Metrics
from trials.study.clock import Deadline
from trials.study.first_failures import WATCHED, FailedAlike
from trials.study.ledger import Ledger
from trials.study.opening import Direction, open_study
from trials.study.plan import Planned, enqueue_missing
from trials.study.storage import exclusive, open_storage
from trials.tracking.opening import Track, open_trackers, require_trackers

FIRST_FAILED = f"The first {WATCHED} candidates failed alike, so the run stopped; "
NETWORK = "architecture"  # the label by which a planned trial carries its network with it
ValueOf = Callable[[Metrics, Cost], Sequence[float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One command of an experiment at work: its folder is held, its studies are kept in one storage."""

    experiment: Experiment
    folder: Path
    storage: BaseStorage
    evaluate: Evaluate
    run_candidates: Run
    console: Console
    pacing: Pacing | None = None
    track: Track | None = None

    def open_study(
        self,
        *part: str,
        settings: Mapping[str, Any],
        sampler: optuna.samplers.BaseSampler | None = None,
        pruner: optuna.pruners.BasePruner | None = None,
        directions: Sequence[Direction] = ("maximize",),
    ) -> optuna.Study:
        """Open the study named after experiment, command and part. Without a sampler its trials are all planned."""
        return open_study(
            self.storage,
            "/".join((self.experiment.name, self.folder.name, *part)),
            sampler=sampler or optuna.samplers.RandomSampler(seed=0),
            settings=settings,
            pruner=pruner,
            directions=directions,
        )

    def deadline(self, study: str) -> Deadline:
        """Return when a study begins nothing new, by its name in the plan of the budget; never without a budget."""
        return Deadline() if self.pacing is None else self.pacing.deadline(study)

    @property
    def is_over(self) -> bool:
        """Whether the time of the budget is used up."""
        return self.pacing is not None and self.pacing.over

    def run(
        self,
        ledger: Ledger,
        title: str,
        shown_name: Callable[[Candidate], str],
        *,
        judgement: str = "value",
        total: int | None = None,
    ) -> None:
        """Evaluate the candidates of a ledger before the eyes of the user, until it has no more.

        `total` is how many are expected in all, where that is not the ledger's budget.
        Raises FailedAlike where it stopped because the first ones all failed for the same reason.
        """
        if isinstance(self.evaluate, Begins) and not ledger.done:
            self.evaluate.begin(lambda line: self.console.print(line, highlight=False, markup=False))
        progress = LiveTable(
            self.console,
            title,
            done=ledger.evaluated,
            total=total or ledger.budget,
            name=shown_name,
            judged_by=lambda trial: reward_of_values(trial.values, self.experiment.reward),
            judgement=judgement,
        )
        evaluate = self.evaluate
        if self.experiment.compute.chosen_engine != "ray":  # what goes to other processes cannot be watched
            objective = self.experiment.objective
            trains = objective.uses_torch and objective.measure == "val_accuracy"
            evaluate = progress.watched(evaluate, self.experiment.training.epochs if trains else None)

        def on_finished(finished: Finished) -> None:
            progress.finished(finished)
            if self.track is not None:
                self.track(ledger.study.study_name, finished)

        with progress:
            self.run_candidates(ledger, evaluate, on_finished)
        if ledger.failed_alike:
            wanted = total or ledger.budget
            left = max(0, wanted - ledger.evaluated)
            raise FailedAlike(f"{FIRST_FAILED}{left} of {wanted} are not evaluated. {ledger.failed_alike}")

    def planned_ledger(
        self,
        study: optuna.Study,
        plan: Iterable[Planned],
        *,
        value_of: ValueOf,
        decode: Callable[[Mapping[str, Any]], Architecture] | None = None,
        cost_of: Callable[[Architecture], Cost] | None = None,
        distributions: Mapping[str, BaseDistribution] | None = None,
        expected: bool = False,
        deadline: Deadline | None = None,
    ) -> Ledger:
        """Return the ledger of planned trials: each is evaluated, whether its network was before or not.

        Without `decode`, each trial is labelled with its network. `expected` failures do not end the run.
        """
        return Ledger(
            study=study,
            distributions=distributions or {},
            decode=decode or _labelled_network,
            cost_of=cost_of or cost_counter(self.experiment),
            value_of=value_of,
            seed=self.experiment.seed,
            budget=enqueue_missing(study, plan),
            expected=expected,
            deadline=deadline or Deadline(),
            skip_duplicates=False,
        )


@contextmanager
def open_session(
    experiment: Experiment,
    folder: Path,
    *,
    storage: str | None,
    evaluate: Evaluate,
    console: Console,
    pacing: Pacing | None = None,
) -> Iterator[Session]:
    """Connect to the engine, hold the folder and open the storage (None: a journal in the folder) for a while.

    Raises InvalidInput where the engine's workers or the storage cannot be had, and where another run has the folder.
    """
    folder = folder.absolute()
    require_trackers(experiment.compute.log_to)

    def tell(line: str) -> None:
        console.print(line, style="yellow", highlight=False, soft_wrap=True, markup=False)

    with (
        open_engine(experiment.compute) as run_candidates,
        exclusive(folder),
        open_trackers(experiment.compute.log_to, folder, tell) as track,
    ):
        try:
            yield Session(
                experiment=experiment,
                folder=folder,
                storage=open_storage(storage, folder / "study.journal"),
                evaluate=evaluate,
                run_candidates=run_candidates,
                console=console,
                pacing=pacing,
                track=track,
            )
        finally:
            if isinstance(evaluate, Ends):
                evaluate.end()


def _labelled_network(labels: Mapping[str, Any]) -> Architecture:
    return parse_architecture(labels[NETWORK])

"""Stage 1 from an experiment to a finished study: published networks beside it, candidates searched. Restartable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage
from rich.console import Console

from nas.config import NasConfig
from nas.pruners import make_pruner
from nas.results import SearchResult, collect, write_results
from nas.samplers import PARETO, SAMPLERS
from search_spaces.reference import reference
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from search_spaces.validation import validated
from trials.accounting import cost_counter, limit_excess, objectives_of, reward_of
from trials.candidate import Candidate, Evaluate
from trials.engines import local
from trials.experiment import Experiment, decisive_settings
from trials.ledger import Ledger
from trials.objective import make_objective
from trials.plan import PLANNED, Planned, enqueue_missing
from trials.progress import LiveTable
from trials.storage import exclusive, open_storage
from trials.study import Direction, open_study


def run_search(name: str, experiment: Experiment, out: Path, *, console: Console, command: str) -> SearchResult:
    """Run or continue stage 1 of an experiment and write its files to `out/<name>/nas`.

    Raises InvalidInput before anything is written where the experiment cannot be run.
    """
    config = validated(NasConfig, experiment.nas, f"{name}.nas")
    space = load_space(experiment.space)
    pruner = make_pruner(config.pruner, experiment)
    evaluate = make_objective(experiment)
    folder = out / name / "nas"
    with exclusive(folder):
        stage = Stage1(
            name=name,
            experiment=experiment,
            config=config,
            space=space,
            storage=open_storage(config.storage, folder / "study.journal"),
            evaluate=evaluate,
            pruner=pruner,
            console=console,
        )
        references = stage.evaluate_references()
        study, exhausted = stage.search()
        result = collect(study, references, space, folder, exhausted=exhausted, reward=experiment.reward)
        write_results(result, name, experiment, command)
    return result


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage1:
    """One run of stage 1: what is searched, by what, where it is kept."""

    name: str
    experiment: Experiment
    config: NasConfig
    space: SearchSpace
    storage: BaseStorage
    evaluate: Evaluate
    pruner: optuna.pruners.BasePruner
    console: Console

    def evaluate_references(self) -> optuna.Study:
        """Evaluate the published networks like candidates, in a study of their own that no sampler sees."""
        study = self._open("references", optuna.samplers.RandomSampler(seed=0))
        total = enqueue_missing(study, [Planned(name=name) for name in self.config.references])
        ledger = self._ledger(
            study,
            total,
            distributions={},
            decode=lambda labels: reference(labels[PLANNED]),
            value_of=reward_of(self.experiment),
            skip_duplicates=False,
        )
        self._run(ledger, "references", lambda candidate: str(candidate.labels[PLANNED]))
        return study

    def search(self) -> tuple[optuna.Study, bool]:
        """Evaluate candidates that the sampler proposes; also tell whether it ran out of new ones."""
        sampler = SAMPLERS[self.config.sampler](space=self.space, seed=self.experiment.seed)
        # a score is no accuracy: there is no reward to choose a network of the front by
        pareto = self.config.sampler in PARETO and self.experiment.objective.measure == "val_accuracy"
        study = self._open("candidates", sampler, ("maximize", "minimize") if pareto else ("maximize",))
        ledger = self._ledger(
            study,
            self.config.trials,
            distributions=self.space.distributions,
            decode=self.space.decode,
            value_of=(objectives_of if pareto else reward_of)(self.experiment),
            violations=limit_excess(self.experiment.limits),
            space_size=self.space.size,
        )
        self._run(ledger, self.config.sampler, lambda candidate: f"trial {candidate.number}")
        return study, ledger.exhausted

    def _open(
        self, part: str, sampler: optuna.samplers.BaseSampler, directions: Sequence[Direction] = ("maximize",)
    ) -> optuna.Study:
        recorded = decisive_settings(self.experiment, "space", "reward", "limits") | {"sampler": self.config.sampler}
        pruner = self.pruner if part == "candidates" else None
        if self.config.pruner != "none":
            recorded["pruner"] = self.config.pruner
        name = f"{self.name}/nas/{part}"
        return open_study(self.storage, name, sampler=sampler, settings=recorded, pruner=pruner, directions=directions)

    def _ledger(self, study: optuna.Study, budget: int, **settings: Any) -> Ledger:
        return Ledger(
            study=study,
            cost_of=cost_counter(self.experiment),
            seed=self.experiment.seed,
            budget=budget,
            **settings,
        )

    def _run(self, ledger: Ledger, title: str, shown_name: Callable[[Candidate], str]) -> None:
        progress = LiveTable(self.console, title, done=ledger.evaluated, total=ledger.budget, name=shown_name)
        with progress:
            local.run(ledger, self.evaluate, progress.finished)

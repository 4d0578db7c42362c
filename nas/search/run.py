"""Stage 1 from an experiment to a finished study: published networks beside it, candidates searched. Restartable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial
from rich.console import Console

from nas.config import NasConfig
from nas.samplers import PARETO, SAMPLERS
from nas.search.pruners import make_pruner, make_rungs
from nas.search.references import planned_references, reference_name, reference_network
from nas.search.results import SearchResult, collect, write_results
from nas.search.table_search import row_sampler
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from search_spaces.validation import validated
from trials.accounting import limit_excess, objectives_of, reward_of
from trials.console.progress import LiveTable
from trials.engines import Run, as_evaluated, open_engine
from trials.experiment import Experiment, decisive_settings
from trials.objectives import make_objective
from trials.objectives.latency import timed_counter
from trials.study.candidate import Candidate, Evaluate
from trials.study.ledger import Ledger
from trials.study.opening import Direction, open_study
from trials.study.plan import enqueue_missing
from trials.study.storage import exclusive, open_storage


def run_search(name: str, experiment: Experiment, out: Path, *, console: Console, command: str) -> SearchResult:
    """Run or continue stage 1 of an experiment and write its files to `out/<name>/nas`.

    Raises InvalidInput before anything is written where the experiment cannot be run.
    """
    config = validated(NasConfig, experiment.nas, f"{name}.nas")
    space = load_space(experiment.space)
    pruner = make_pruner(config.pruner, experiment)
    folder = out / name / "nas"
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    sampler, networks = _proposals(config, experiment, space, console)
    with open_engine(experiment.compute) as run_candidates, exclusive(folder):
        stage = Stage1(
            name=name,
            experiment=experiment,
            config=config,
            space=space,
            storage=open_storage(config.storage, folder / "study.journal"),
            evaluate=evaluate,
            run_candidates=run_candidates,
            sampler=sampler,
            networks=networks,
            pruner=pruner,
            console=console,
        )
        study = stage.open_candidates()  # a study that cannot go on is refused before anything is evaluated
        references = stage.evaluate_references()
        exhausted = stage.search(study)
        result = collect(study, references, space, folder, exhausted=exhausted, reward=experiment.reward)
        write_results(result, name, experiment, command)
    return result


def _proposals(
    config: NasConfig, experiment: Experiment, space: SearchSpace, console: Console
) -> tuple[optuna.samplers.BaseSampler, float]:
    """Return the sampler and the number of networks it can propose: of the space, or of a table's rows."""
    sampler = SAMPLERS[config.sampler](space=space, seed=experiment.seed)
    if experiment.objective.mode != "table":
        return sampler, space.size
    rows = row_sampler(sampler, experiment, space)
    console.print(f"{rows.size} measured networks of {space.name} within the limits are searched", highlight=False)
    return rows, rows.size


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage1:
    """One run of stage 1: what is searched (`networks` is how many there are), by what, where it is kept."""

    name: str
    experiment: Experiment
    config: NasConfig
    space: SearchSpace
    storage: BaseStorage
    evaluate: Evaluate
    run_candidates: Run
    sampler: optuna.samplers.BaseSampler
    networks: float
    pruner: optuna.pruners.BasePruner
    console: Console

    def evaluate_references(self) -> optuna.Study:
        """Evaluate the published networks like candidates, in a study of their own that no sampler sees."""
        study = self._open("references", optuna.samplers.RandomSampler(seed=0))
        total = enqueue_missing(study, planned_references(self.config.references))
        ledger = self._ledger(
            study,
            total,
            distributions={},
            decode=reference_network,
            value_of=reward_of(self.experiment),
            cost_of=timed_counter(self.experiment, study, limited=False),
            skip_duplicates=False,
        )
        self._run(ledger, "references", lambda candidate: reference_name(candidate.labels))
        return study

    @property
    def pareto(self) -> bool:
        """Whether accuracy and cost are two objectives. A score has no reward to choose a network of the front by."""
        return self.config.sampler in PARETO and self.experiment.objective.measure == "val_accuracy"

    def open_candidates(self) -> optuna.Study:
        """Open the study of candidates. Raises InvalidInput where it began with another number of objectives."""
        study = self._open("candidates", self.sampler, ("maximize", "minimize") if self.pareto else ("maximize",))
        if len(study.directions) != 1 + self.pareto:
            began = f"what searches the {len(study.directions)} objective(s) that this study began with"
            raise InvalidInput("nas.sampler", self.config.sampler, f"{began} (or start another one: --out)")
        return study

    def search(self, study: optuna.Study) -> bool:
        """Evaluate candidates that the sampler proposes; tell whether it ran out of new ones."""
        ledger = self._ledger(
            study,
            self.config.trials,
            distributions=self.space.distributions,
            decode=self.space.decode,
            value_of=(objectives_of if self.pareto else reward_of)(self.experiment),
            cost_of=timed_counter(self.experiment, study),
            batch=self.config.batch,
            violations=limit_excess(self.experiment.limits),
            space_size=self.networks,
            stops=make_rungs(self.config.pruner, self.config.sampler, self.experiment),
        )
        self._run(ledger, self.config.sampler, lambda candidate: f"trial {candidate.number}")
        return ledger.exhausted

    def _open(
        self, part: str, sampler: optuna.samplers.BaseSampler, directions: Sequence[Direction] = ("maximize",)
    ) -> optuna.Study:
        recorded = decisive_settings(self.experiment, "space", "reward", "limits") | {"sampler": self.config.sampler}
        pruner = self.pruner if part == "candidates" else None
        if self.config.pruner != "none":
            recorded["pruner"] = self.config.pruner
        if self.config.batch is not None:
            recorded["batch"] = self.config.batch
        name = f"{self.name}/nas/{part}"
        return open_study(self.storage, name, sampler=sampler, settings=recorded, pruner=pruner, directions=directions)

    def _ledger(self, study: optuna.Study, budget: int, **settings: Any) -> Ledger:
        return Ledger(
            study=study,
            seed=self.experiment.seed,
            budget=budget,
            **settings,
        )

    def _run(self, ledger: Ledger, title: str, shown_name: Callable[[Candidate], str]) -> None:
        progress = LiveTable(
            self.console,
            title,
            done=ledger.evaluated,
            total=ledger.budget,
            name=shown_name,
            judged_by=self._reward,
            judgement="score" if self.experiment.objective.measure == "score" else "reward",
        )
        with progress:
            self.run_candidates(ledger, self.evaluate, progress.finished)

    def _reward(self, trial: FrozenTrial) -> float:
        """Return the study's value, or where it has two the reward of accuracy and cost."""
        if len(trial.values) == 1:
            return float(trial.values[0])
        accuracy, charged = trial.values
        reward = self.experiment.reward
        return reward(accuracy, reward.charge(charged))

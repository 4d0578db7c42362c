"""Stage 1 from an experiment to a finished study: published networks beside it, candidates searched. Restartable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import optuna
from rich.console import Console

from nas.config import NasExperiment, require_search
from nas.finalists.run import choose_finalists, train_finalists
from nas.report.page import REPORT, write_report
from nas.report.reading import search_of
from nas.samplers import PARETO
from nas.samplers.predictor.sources import Source
from nas.samplers.trained_policy import trained_policy
from nas.search.pruners import make_pruner, make_rungs
from nas.search.references import (
    networks_beside,
    planned_references,
    reference_name,
    reference_network,
    split_references,
)
from nas.search.results import SearchResult, best_first, collect, decided, write_results
from nas.search.smoothing import deciding
from nas.search.table_search import row_sampler
from nas.sources.agreement import source_agreements
from nas.sources.opening import begin_sources, recorded_sources, sampler_of, sources_of
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from trials.accounting import limit_excess, objectives_of, reward_of
from trials.budget.pacing import MOST_TRIALS, Pacing
from trials.console.run_record import recorded_run
from trials.engines import as_evaluated
from trials.objectives import make_objective
from trials.objectives.latency import timed_counter
from trials.objectives.shared.objective import ARTIFACT
from trials.resolving import as_deployed, space_of
from trials.session import Session, open_session
from trials.study.candidate import Candidate
from trials.study.first_failures import FailedAlike
from trials.study.ledger import Ledger
from trials.study.opening import Direction
from trials.study.retry import retried_trials, retry_failed
from trials.study.settings import decisive_settings
from trials.study.snapshot import read_record, studies_in
from trials.training.equipment import skipped_files


def run_search(
    experiment: NasExperiment,
    out: Path,
    *,
    console: Console,
    command: str,
    again: bool = False,
    pacing: Pacing | None = None,
) -> SearchResult:
    """Run or continue stage 1 of an experiment and write its files to `out/<name>/nas`.

    With `again`, candidates that failed before are evaluated once more and do not count against the budget. `pacing`
    is the budget of time that is kept to.

    Raises InvalidInput before anything is written where the experiment cannot be run.
    """
    require_search(experiment)
    space = space_of(experiment)
    folder = out.absolute() / experiment.name / "nas"
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    pruner = make_pruner(experiment.nas.pruner, experiment)
    sources = sources_of(experiment, space, folder)
    sampler, networks = _proposals(experiment, space, folder, sources, console)
    storage = experiment.nas.storage
    with open_session(
        experiment, folder, storage=storage, evaluate=evaluate, console=console, pacing=pacing
    ) as session:
        stage = Stage1(
            session=session,
            experiment=experiment,
            space=space,
            sampler=sampler,
            networks=networks,
            pruner=pruner,
            sources=sources,
        )
        study = stage.open_candidates()  # a study that cannot go on is refused before anything is evaluated
        if again:
            failed = retry_failed(study) + retry_failed(stage.open_references())
            console.print(f"{failed} failed candidates are evaluated again", highlight=False)
        with recorded_run(folder / "run.json", command=command, settings=asdict(experiment)) as figures:
            references = stage.evaluate_references()
            exhausted, halted = False, None
            try:
                exhausted = stage.search(study)
            except FailedAlike as error:
                halted = error.advice
            result = collect(study, references, space, folder, exhausted=exhausted, experiment=experiment)
            result = replace(result, halted=halted, sources=source_agreements(sources, study, space))
            result = stage.last_word(result, study)
            figures.update(skipped_files=skipped_files(experiment.data))
            figures.update(write_results(result, experiment))
        stage.report(folder)
    return result


def _proposals(
    experiment: NasExperiment, space: SearchSpace, folder: Path, sources: Sequence[Source], console: Console
) -> tuple[optuna.samplers.BaseSampler, float]:
    """Return the sampler and the number of networks it can propose: of the space, or of a table's rows."""
    if experiment.objective.searches_while_training:
        return trained_policy(experiment, space, folder / ARTIFACT), space.size
    sampler = sampler_of(experiment, space, sources)
    if experiment.objective.mode != "table":
        return sampler, space.size
    rows = row_sampler(sampler, experiment, space)
    console.print(f"{rows.size} measured networks of {space.name} within the limits are searched", highlight=False)
    return rows, rows.size


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage1:
    """One run of stage 1: what is searched (`networks` is how many there are), by what, in which session.

    `sources` are what the sampler learns from beside the trials.
    """

    session: Session
    experiment: NasExperiment
    space: SearchSpace
    sampler: optuna.samplers.BaseSampler
    networks: float
    pruner: optuna.pruners.BasePruner
    sources: Sequence[Source] = ()

    def open_references(self) -> optuna.Study:
        """Open the study of the published networks, which no sampler sees."""
        return self._open("references")

    def evaluate_references(self) -> optuna.Study:
        """Evaluate the published networks like candidates; an objective may know none of them, and the run goes on."""
        study = self.open_references()
        sources, left_out = split_references(self.experiment)
        for line in left_out:
            self.session.console.print(line, highlight=False, soft_wrap=True, markup=False)
        ledger = self.session.planned_ledger(
            study,
            planned_references(sources),
            value_of=reward_of(self.experiment),
            decode=lambda labels: as_deployed(reference_network(labels), self.experiment),
            cost_of=timed_counter(self.experiment, study, limited=False),
            expected=True,
            deadline=self.session.deadline("references"),
        )
        self.session.run(ledger, "references", _planned_name, judgement=self._judgement)
        return study

    @property
    def pareto(self) -> bool:
        """Whether accuracy and cost are two objectives. A score has no reward to choose a network of the front by."""
        return self.experiment.nas.sampler in PARETO and self.experiment.objective.measure != "score"

    def open_candidates(self) -> optuna.Study:
        """Open the study of candidates. Raises InvalidInput where it began with another number of objectives."""
        directions: Sequence[Direction] = ("maximize", "minimize") if self.pareto else ("maximize",)
        study = self._open("candidates", sampler=self.sampler, pruner=self.pruner, directions=directions)
        if len(study.directions) != 1 + self.pareto:
            began = f"what searches the {len(study.directions)} objective(s) that this study began with"
            raise InvalidInput("nas.sampler", self.experiment.nas.sampler, f"{began} (or start another one: --out)")
        return study

    def search(self, study: optuna.Study) -> bool:
        """Evaluate candidates that the sampler proposes; tell whether it ran out of new ones."""
        experiment, config, pacing = self.experiment, self.experiment.nas, self.session.pacing
        begin_sources(self.sources, lambda line: self.session.console.print(line, highlight=False, markup=False))
        open_ended = pacing is not None and pacing.open_ended
        retried = len(retried_trials(study))
        ledger = Ledger(
            study=study,
            distributions=self.space.distributions,
            decode=self.space.decode,
            value_of=(objectives_of if self.pareto else reward_of)(experiment),
            cost_of=timed_counter(experiment, study),
            violations=limit_excess(experiment.limits),
            seed=experiment.seed,
            budget=(MOST_TRIALS if open_ended else config.trials) + retried,
            batch=config.batch,
            space_size=self.networks,
            stops=make_rungs(config.pruner, config.sampler, experiment),
            deadline=self.session.deadline("candidates"),
        )
        self.session.run(ledger, config.sampler, _trial_name, judgement=self._judgement, total=config.trials + retried)
        return ledger.exhausted

    def last_word(self, result: SearchResult, study: optuna.Study) -> SearchResult:
        """Train the finalists alone, where there are any; return the result with their order and their best."""
        if not self.experiment.nas.finalists or result.problem is not None or result.halted is not None:
            return result
        if self.session.is_over:
            return result
        finalists = choose_finalists(
            best_first(result.candidates, study), study, self.space, self.experiment, deciding(result.candidates)
        )
        references = networks_beside(self.experiment, result.references, deciding(result.references))
        cost_of = timed_counter(self.experiment, study, limited=False)  # a published network may be over a limit
        return decided(result, *train_finalists(self.session, self.experiment, finalists, references, cost_of))

    def report(self, folder: Path) -> None:
        """Write report.html of what the studies and the record of the run hold."""
        studies = studies_in(self.session.storage, f"{self.experiment.name}/nas/")
        write_report(search_of(self.experiment, read_record(folder), folder, studies), folder / REPORT)

    def _open(
        self,
        part: str,
        *,
        sampler: optuna.samplers.BaseSampler | None = None,
        pruner: optuna.pruners.BasePruner | None = None,
        directions: Sequence[Direction] = ("maximize",),
    ) -> optuna.Study:
        config = self.experiment.nas
        recorded = decisive_settings(self.experiment, "space", "reward", "limits") | {"sampler": config.sampler}
        if config.pruner != "none":
            recorded["pruner"] = config.pruner
        if config.batch is not None:
            recorded["batch"] = config.batch
        recorded |= recorded_sources(self.sources)
        return self.session.open_study(part, settings=recorded, sampler=sampler, pruner=pruner, directions=directions)

    @property
    def _judgement(self) -> str:
        return "score" if self.experiment.objective.measure == "score" else "reward"


def _planned_name(candidate: Candidate) -> str:
    return reference_name(candidate.labels)


def _trial_name(candidate: Candidate) -> str:
    return f"trial {candidate.number}"

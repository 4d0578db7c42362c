"""Stage 2 from an experiment and a baseline to a finished study: grid, trainings, repeats. Restartable."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import FloatDistribution
from rich.console import Console

from grid_search.compound_scaling import COEFFICIENTS, LARGEST_COEFFICIENT, Coefficients, scale
from grid_search.config import ScaleExperiment
from grid_search.grid.enumeration import Grid
from grid_search.law_search.pool import Pool
from grid_search.law_search.search import SEARCHED, answered_coefficients, train_for_law
from grid_search.report.page import REPORT, write_report
from grid_search.report.scaling import Scaling
from grid_search.search.budget import timed_networks
from grid_search.search.candidates import COMPOUND, plan_controls, planned, spread, spread_first
from grid_search.search.decision import average_seeds, decide, leading, separated
from grid_search.search.evidence import evidence_of
from grid_search.search.ground import Ground, ground_of
from grid_search.search.response_surface import next_candidate
from grid_search.search.results import ScaleResult, candidate_table, collect, contenders, write_results
from search_spaces.architecture import Architecture
from trials.accounting import accuracy_alone, with_accuracies
from trials.budget.pacing import Pacing
from trials.check.screen import print_memory_doubt
from trials.console.run_record import recorded_run
from trials.engines import as_evaluated
from trials.objectives import make_objective
from trials.session import Session, open_session
from trials.study.attributes import PLANNED
from trials.study.candidate import Candidate
from trials.study.first_failures import FailedAlike
from trials.study.plan import Planned, add_judged
from trials.study.retry import retry_failed
from trials.study.settings import decisive_settings
from trials.study.snapshot import read_record, work_of
from trials.training.equipment import skipped_files

if TYPE_CHECKING:
    import pandas as pd

MOST_REPEATS = 1_000
DISTRIBUTIONS = {name: FloatDistribution(1e-6, LARGEST_COEFFICIENT) for name in COEFFICIENTS}


def run_scale_search(
    experiment: ScaleExperiment,
    out: Path,
    *,
    console: Console,
    command: str,
    again: bool = False,
    pacing: Pacing | None = None,
) -> ScaleResult:
    """Run or continue stage 2 of an experiment and write its files to `out/<name>/scale`.

    With `again`, candidates that failed before are evaluated once more. `pacing` is the budget of time that is kept to.

    Raises InvalidInput before anything is written where the experiment or its baseline cannot be used.
    """
    experiment = with_accuracies(experiment, "scale search")
    config = experiment.scale
    ground = ground_of(experiment, out)
    print_memory_doubt(console, timed_networks(ground, config), experiment)
    folder = out.absolute() / experiment.name / "scale"
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    with open_session(
        experiment, folder, storage=config.storage, evaluate=evaluate, console=console, pacing=pacing
    ) as session:
        stage = Stage2(session=session, experiment=experiment, ground=ground)
        study = stage.open_study()  # a study that cannot go on is refused before anything is written
        if again:
            console.print(f"{retry_failed(study)} failed candidates are evaluated again", highlight=False)
        with recorded_run(folder / "run.json", command=command, settings=asdict(experiment)) as figures:
            halted = None
            try:
                stage.search(study)
            except FailedAlike as error:
                halted = error.advice
            result = replace(collect(study, ground, config, folder, experiment.seed), halted=halted)
            figures.update(skipped_files=skipped_files(experiment.data))
            figures.update(write_results(result, experiment.name))
        stage.report(study, result)
    return result


class OutOfTime(Exception):
    """The budget of time is over before all that was planned is trained."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage2:
    """One run of stage 2: what is scaled, how it is judged, in which session."""

    session: Session
    experiment: ScaleExperiment
    ground: Ground

    def search(self, study: optuna.Study) -> None:
        """Train candidates and controls, then the leaders again until one is separated or the seeds are used up.

        Within a budget of time, where no number of seeds is written, seeds are added until that is over.
        """
        with contextlib.suppress(OutOfTime):
            self._search(study)

    def _search(self, study: optuna.Study) -> None:
        if isinstance(self.ground, Grid):
            self._search_grid(study, self.ground)
        else:
            self._search_law(study, self.ground)
        self._repeat(study)

    def _search_law(self, study: optuna.Study, pool: Pool) -> None:
        """Train the networks of a law, then its answer beside the controls; nothing more where too few succeed."""
        law, seed = self.experiment.scale.law, self.experiment.seed

        def train(plan: list[Planned], title: str) -> None:
            self._run(study, plan, title)

        self._count_evidence(study, pool)
        fitted = train_for_law(pool, law, seed, train, lambda: self._table(study))
        if fitted is not None:
            answered = answered_coefficients(pool, fitted)
            self._run(study, [*self._others(answered, pool), planned(COMPOUND, answered, 0)], "answer")

    def _others(self, answered: Coefficients, pool: Pool) -> list[Planned]:
        """Return the controls of a law's answer: one that is the same network is not trained beside it."""
        answer = self._decode(asdict(answered)).key
        return [one for one in plan_controls(pool, [answered]) if self._decode(one.parameters).key != answer]

    def _count_evidence(self, study: optuna.Study, pool: Pool) -> None:
        """Add what stage 1 evaluated to a study that begins; one that goes on keeps what it began with."""
        if {trial.user_attrs.get("role") for trial in study.get_trials(deepcopy=False)} - {SEARCHED}:
            return
        evidence = evidence_of(self.experiment, pool, self.session.folder.parents[1])
        if evidence.line is not None:
            self.session.console.print(evidence.line, highlight=False, markup=False, soft_wrap=True)
        add_judged(study, evidence.judged, DISTRIBUTIONS)

    def _search_grid(self, study: optuna.Study, grid: Grid) -> None:
        """Train a spread of the grid, the better half where there are rungs, and what a surface adds."""
        config = self.experiment.scale
        chosen = [grid.coefficients(label) for label in spread(grid, spread_first(config))]
        survivors = self._halve(study, chosen)
        candidates = [planned(COMPOUND, coefficients, 0) for coefficients in survivors]
        self._run(study, plan_controls(grid, chosen) + candidates, "grid")
        self._explore(study, grid)

    def _repeat(self, study: optuna.Study) -> None:
        """Train the leaders and the controls with further seeds."""
        config, pacing = self.experiment.scale, self.session.pacing
        open_ended = pacing is not None and pacing.open_ended
        for repeat in range(1, MOST_REPEATS if open_ended else config.repeats):
            # only what earlier repeats say: a run that was killed in the middle of one then goes on as if it was not
            table = contenders(self._table(study))
            decision = decide(table[table["repeat"] < repeat])
            if decision is None or (separated(decision) and not open_ended):
                break
            leaders = leading(average_seeds(table[table["repeat"] == 0]), config.leaders)
            if pacing is not None:  # a round may be cut, and only a repeated candidate can win
                leaders = leaders.sort_values("role", key=lambda roles: roles != COMPOUND, kind="stable")
            self._run(study, _repeats(leaders, repeat), f"seed {repeat + 1}")

    def _halve(self, study: optuna.Study, chosen: list[Coefficients]) -> list[Coefficients]:
        """Train briefly on each rung and keep the better half (successive halving, arXiv:1502.07943)."""
        for epochs in self.experiment.scale.rungs:
            self._run(study, [planned(COMPOUND, one, 0, epochs) for one in chosen], f"{epochs} epochs")
            table = self._table(study)
            rung = table[(table["epochs"] == epochs) & (table["state"] == "complete")]
            better = rung.nlargest(math.ceil(len(chosen) / 2), "val_accuracy").sort_values("number")
            chosen = [Coefficients.of(row) for row in better.to_dict(orient="records")]
        return chosen

    def _explore(self, study: optuna.Study, grid: Grid) -> None:
        """Train further candidates one by one, each where a surface of all before expects most improvement."""
        config = self.experiment.scale
        for number in range(config.candidates - spread_first(config) + config.active):
            networks = average_seeds(contenders(self._table(study)))
            following = next_candidate(networks, grid)
            if following is None:
                return
            self._run(study, [planned(COMPOUND, following, 0)], f"active {number + 1}")

    def _table(self, study: optuna.Study) -> pd.DataFrame:
        return candidate_table(study, self.ground)

    def open_study(self) -> optuna.Study:
        """Open the study. Raises InvalidInput where it began with other settings."""
        own = {"baseline": self.ground.baseline.key, "rounding": asdict(self.experiment.scale.grid.rounding)}
        return self.session.open_study(settings=decisive_settings(self.experiment) | own)

    def report(self, study: optuna.Study, result: ScaleResult) -> None:
        """Write report.html of the result and the record of the run."""
        work, record = work_of({"": study}), read_record(result.folder)
        scaling = Scaling(experiment=self.experiment, record=record, result=result, work=work)
        write_report(scaling, result.folder / REPORT)

    def _run(self, study: optuna.Study, plan: list[Planned], title: str) -> None:
        ledger = self.session.planned_ledger(
            study,
            plan,
            value_of=accuracy_alone,
            decode=self._decode,
            distributions=DISTRIBUTIONS,
            deadline=self.session.deadline("candidates"),
        )
        self.session.run(ledger, title, _shown_name)
        if ledger.out_of_time:
            raise OutOfTime

    def _decode(self, parameters: Mapping[str, Any]) -> Architecture:
        return scale(self.ground.baseline, Coefficients.of(parameters), 1.0, self.experiment.scale.grid.rounding)


def _shown_name(candidate: Candidate) -> str:
    return str(candidate.labels[PLANNED])


def _repeats(leaders: pd.DataFrame, repeat: int) -> list[Planned]:
    coefficients = map(Coefficients.of, leaders.to_dict(orient="records"))
    return [planned(str(role), one, repeat) for role, one in zip(leaders["role"], coefficients, strict=True)]

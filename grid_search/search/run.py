"""Stage 2 from an experiment and a baseline to a finished study: grid, trainings, repeats. Restartable."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import FloatDistribution
from optuna.storages import BaseStorage
from rich.console import Console

from grid_search.compound_scaling import COEFFICIENTS, LARGEST_COEFFICIENT, Coefficients, scale
from grid_search.config import ScaleConfig
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.search.candidates import COMPOUND, plan_controls, planned, spread
from grid_search.search.decision import average_seeds, decide, leading, separated
from grid_search.search.response_surface import next_candidate
from grid_search.search.results import ScaleResult, candidate_table, collect, write_results
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from search_spaces.validation import validated
from trials.accounting import cost_counter, require_accuracy
from trials.console.progress import LiveTable
from trials.engines import Run, as_evaluated, open_engine
from trials.experiment import Experiment, decisive_settings
from trials.objectives import make_objective
from trials.study.candidate import Candidate, Evaluate
from trials.study.ledger import Ledger
from trials.study.opening import open_study
from trials.study.plan import PLANNED, Planned, enqueue_missing
from trials.study.storage import exclusive, open_storage

if TYPE_CHECKING:
    import pandas as pd

AXES_LIST = list(COEFFICIENTS)
DISTRIBUTIONS = {name: FloatDistribution(1e-6, LARGEST_COEFFICIENT) for name in COEFFICIENTS}


def run_scale_search(name: str, experiment: Experiment, out: Path, *, console: Console, command: str) -> ScaleResult:
    """Run or continue stage 2 of an experiment and write its files to `out/<name>/scale`.

    Raises InvalidInput before anything is written where the experiment or its baseline cannot be used.
    """
    require_accuracy(experiment, "scale search")
    config = validated(ScaleConfig, experiment.scale, f"{name}.scale")
    _check_rungs(name, config, experiment)
    baseline = load_baseline(config.baseline, out / name)
    grid = enumerate_grid(baseline, config.grid, experiment.cost.num_classes)
    folder = out / name / "scale"
    evaluate = make_objective(as_evaluated(experiment), folder / "checkpoints")
    with open_engine(experiment.compute) as run_candidates, exclusive(folder):
        stage = Stage2(
            name=name,
            experiment=experiment,
            config=config,
            grid=grid,
            storage=open_storage(config.storage, folder / "study.journal"),
            evaluate=evaluate,
            run_candidates=run_candidates,
            console=console,
        )
        result = collect(stage.search(), grid, config, folder)
        write_results(result, name, experiment, command)
    return result


def _check_rungs(name: str, config: ScaleConfig, experiment: Experiment) -> None:
    epochs = experiment.training.epochs
    if config.rungs and config.rungs[-1] >= epochs:
        raise InvalidInput(f"{name}.scale.rungs", list(config.rungs), f"fewer epochs than training.epochs ({epochs})")


def load_baseline(source: str | None, folder: Path) -> Architecture:
    """Return the baseline that was named, or else what stage 1 left in `folder`."""
    found = folder / "nas" / "best.yaml"
    if source is None and not found.is_file():
        accepted = (
            f"an architecture file or a published network; or `nas run {folder.name}` first, which writes {found}"
        )
        raise InvalidInput("--baseline", None, accepted)
    return load_architecture(found if source is None else source)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage2:
    """One run of stage 2: what is scaled, how it is judged, where it is kept."""

    name: str
    experiment: Experiment
    config: ScaleConfig
    grid: Grid
    storage: BaseStorage
    evaluate: Evaluate
    run_candidates: Run
    console: Console

    def search(self) -> optuna.Study:
        """Train candidates and controls, then the leaders again until one is separated or the seeds are used up."""
        study = self._open()
        chosen = [self.grid.coefficients(label) for label in spread(self.grid, self.config.candidates)]
        survivors = self._halve(study, chosen)
        candidates = [planned(COMPOUND, coefficients, 0) for coefficients in survivors]
        self._run(study, plan_controls(self.grid, chosen) + candidates, "grid")
        self._explore(study)
        for repeat in range(1, self.config.repeats):
            # only what earlier repeats say: a run that was killed in the middle of one then goes on as if it was not
            table = self._table(study)
            decision = decide(table[table["repeat"] < repeat])
            if decision is None or separated(decision):
                break
            leaders = leading(average_seeds(table[table["repeat"] == 0]), self.config.leaders)
            self._run(study, _repeats(leaders, repeat), f"seed {repeat + 1}")
        return study

    def _halve(self, study: optuna.Study, chosen: list[Coefficients]) -> list[Coefficients]:
        """Train briefly on each rung and keep the better half (successive halving, arXiv:1502.07943)."""
        for epochs in self.config.rungs:
            self._run(study, [planned(COMPOUND, one, 0, epochs) for one in chosen], f"{epochs} epochs")
            table = self._table(study)
            rung = table[(table["epochs"] == epochs) & (table["state"] == "complete")]
            better = rung.nlargest(math.ceil(len(chosen) / 2), "val_accuracy").sort_values("number")
            chosen = [_coefficients(row) for row in better[AXES_LIST].itertuples(index=False)]
        return chosen

    def _explore(self, study: optuna.Study) -> None:
        """Train further candidates one by one, each where the response surface of all before expects most."""
        for number in range(self.config.active):
            networks = average_seeds(self._table(study))
            following = next_candidate(networks, self.grid)
            if following is None:
                return
            self._run(study, [planned(COMPOUND, following, 0)], f"active {number + 1}")

    def _table(self, study: optuna.Study) -> pd.DataFrame:
        return candidate_table(study, self.grid)

    def _open(self) -> optuna.Study:
        own = {"baseline": self.grid.baseline.key, "rounding": asdict(self.config.grid.rounding)}
        recorded = decisive_settings(self.experiment) | own
        sampler = optuna.samplers.RandomSampler(seed=0)
        return open_study(self.storage, f"{self.name}/scale", sampler=sampler, settings=recorded)

    def _run(self, study: optuna.Study, plan: list[Planned], title: str) -> None:
        ledger = Ledger(
            study=study,
            distributions=DISTRIBUTIONS,
            decode=self._decode,
            cost_of=cost_counter(self.experiment),
            value_of=lambda metrics, _cost: [metrics["val_accuracy"]],
            seed=self.experiment.seed,
            budget=enqueue_missing(study, plan),
            skip_duplicates=False,
        )
        progress = LiveTable(self.console, title, done=ledger.evaluated, total=ledger.budget, name=_shown_name)
        with progress:
            self.run_candidates(ledger, self.evaluate, progress.finished)

    def _decode(self, parameters: Mapping[str, Any]) -> Architecture:
        coefficients = Coefficients(**{name: parameters[name] for name in COEFFICIENTS})
        return scale(self.grid.baseline, coefficients, 1.0, self.config.grid.rounding)


def _shown_name(candidate: Candidate) -> str:
    return str(candidate.labels[PLANNED])


def _repeats(leaders: pd.DataFrame, repeat: int) -> list[Planned]:
    coefficients = map(_coefficients, leaders[AXES_LIST].itertuples(index=False))
    return [planned(str(role), one, repeat) for role, one in zip(leaders["role"], coefficients, strict=True)]


def _coefficients(row: Iterable[float]) -> Coefficients:
    alpha, beta, gamma = map(float, row)
    return Coefficients(alpha=alpha, beta=beta, gamma=gamma)

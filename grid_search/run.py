"""Stage 2 from an experiment and a baseline to a finished study: grid, trainings, repeats. Restartable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import FloatDistribution
from optuna.storages import BaseStorage
from rich.console import Console

from grid_search.candidates import AXES, plan_first_round, planned
from grid_search.compound_scaling import LARGEST_COEFFICIENT, Coefficients, scale
from grid_search.config import ScaleConfig
from grid_search.decision import average_seeds, leading
from grid_search.grid import Grid, enumerate_grid
from grid_search.results import ScaleResult, candidate_table, collect, write_results
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import load_architecture
from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.accounting import cost_counter
from trials.candidate import Candidate, Evaluate
from trials.engines import local
from trials.experiment import Experiment
from trials.objective import make_objective
from trials.plan import PLANNED, Planned, enqueue_missing
from trials.progress import LiveTable
from trials.storage import exclusive, open_storage
from trials.study import Ledger, open_study

if TYPE_CHECKING:
    import pandas as pd

DISTRIBUTIONS = {name: FloatDistribution(1e-6, LARGEST_COEFFICIENT) for name in AXES}


def run_scale_search(name: str, experiment: Experiment, out: Path, *, console: Console, command: str) -> ScaleResult:
    """Run or continue stage 2 of an experiment and write its files to `out/<name>/scale`.

    Raises InvalidInput before anything is written where the experiment or its baseline cannot be used.
    """
    config = validated(ScaleConfig, experiment.scale, f"{name}.scale")
    baseline = load_baseline(config.baseline, out / name)
    grid = enumerate_grid(baseline, config.grid, experiment.cost.num_classes)
    evaluate = make_objective(experiment)
    folder = out / name / "scale"
    with exclusive(folder):
        stage = Stage2(
            name=name,
            experiment=experiment,
            config=config,
            grid=grid,
            storage=open_storage(config.storage, folder / "study.journal"),
            evaluate=evaluate,
            console=console,
        )
        result = collect(stage.search(), grid, config, folder)
        write_results(result, name, experiment, command)
    return result


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
    console: Console

    def search(self) -> optuna.Study:
        """Train the first round once, then the leaders and the controls until each has its seeds."""
        study = self._open()
        self._run(study, plan_first_round(self.grid, self.config.candidates), "grid")
        for repeat in range(1, self.config.repeats):
            leaders = leading(average_seeds(self._first_round(study)), self.config.leaders)
            self._run(study, _repeats(leaders, repeat), f"seed {repeat + 1}")
        return study

    def _first_round(self, study: optuna.Study) -> pd.DataFrame:
        table = candidate_table(study, self.grid)
        return table[table["repeat"] == 0]

    def _open(self) -> optuna.Study:
        settings = asdict(self.experiment)
        decisive = ("seed", "objective", "data", "proxy", "training", "cost")
        recorded = {key: settings[key] for key in decisive}
        recorded |= {"baseline": self.grid.baseline.key, "rounding": asdict(self.config.grid.rounding)}
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
            local.run(ledger, self.evaluate, progress.finished)

    def _decode(self, parameters: Mapping[str, Any]) -> Architecture:
        coefficients = Coefficients(**{name: parameters[name] for name in AXES})
        return scale(self.grid.baseline, coefficients, 1.0, self.config.grid.rounding)


def _shown_name(candidate: Candidate) -> str:
    return str(candidate.labels[PLANNED])


def _repeats(leaders: pd.DataFrame, repeat: int) -> list[Planned]:
    rows = leaders[["role", *AXES]].itertuples(index=False)
    return [planned(str(role), Coefficients(alpha=a, beta=b, gamma=g), repeat) for role, a, b, g in rows]

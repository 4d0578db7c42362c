"""The results of stage 2: the grid, the trials, the coefficients with how sure they are, the configurations, a plot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna

from grid_search.compound_scaling import COEFFICIENTS, Coefficients, Scaled
from grid_search.config import ScaleConfig
from grid_search.family.along_path import configurations, read_path
from grid_search.family.config import FamilyConfig
from grid_search.family.emit import emit_scaled
from grid_search.family.finished import BASELINE_FILE, COEFFICIENTS_FILE
from grid_search.family.members import make_family
from grid_search.grid.enumeration import Grid
from grid_search.law_search.plot import plot_law
from grid_search.law_search.report import LawReport, law_entry, report_law
from grid_search.law_search.search import LAW, SEARCHED
from grid_search.search.accuracy_plot import plot_accuracies
from grid_search.search.decision import Decision, decide
from grid_search.search.ground import Ground
from grid_search.search.response_surface import SurfaceFit, fit_surface
from grid_search.search.too_short import too_short
from grid_search.search.verdict import judge
from search_spaces.cost import estimate_cost
from search_spaces.emission import emit_architecture
from search_spaces.files import atomic_write, dump_yaml
from trials.study.report import trials_table, write_csv

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class ScaleResult:
    """How a scaling search ended. `decision` is None where no candidate could be evaluated, `surface` with few.

    `law` is None where no law was asked for, or too few of its networks could be evaluated.
    `halted` says why the run stopped before its end.
    """

    trials: pd.DataFrame
    ground: Ground
    config: ScaleConfig
    decision: Decision | None
    surface: SurfaceFit | None
    folder: Path
    law: LawReport | None = None
    halted: str | None = None

    @property
    def too_short(self) -> str | None:
        """That the training is too short to see scaling, where it is, and how long would do."""
        return None if self.decision is None else too_short(self.decision, contenders(self.trials))

    @property
    def coefficients(self) -> Coefficients | None:
        """The coefficients that won."""
        return None if self.decision is None else Coefficients.of(self.decision.best)


def candidate_table(study: optuna.Study, grid: Ground) -> pd.DataFrame:
    """Return the trials with role, repeat, measured cost in baselines (`ratio`) and `epochs`, None for a full one.

    `curve` are the accuracies after each epoch as text, None where none was recorded.
    """
    table = trials_table(study)
    trials = study.get_trials(deepcopy=False)
    for column in ("repeat", "role"):
        table.insert(1, column, [trial.user_attrs[column] for trial in trials])
    table.insert(3, "epochs", [trial.user_attrs.get("epochs") for trial in trials])
    table["curve"] = [
        " ".join(f"{value:.6g}" for _, value in sorted(trial.intermediate_values.items())) or None for trial in trials
    ]
    table["ratio"] = table["flops"] / estimate_cost(grid.baseline, *grid.task).flops
    return table


def contenders(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the trainings that a decision is made of: none of those a law is fitted to."""
    return trials[~trials["role"].isin([LAW, SEARCHED])]


def collect(study: optuna.Study, grid: Ground, config: ScaleConfig, folder: Path, seed: int) -> ScaleResult:
    """Read the finished study and decide; `seed` is the experiment's."""
    return result_of(candidate_table(study, grid), grid, config, folder, seed)


def result_of(table: pd.DataFrame, ground: Ground, config: ScaleConfig, folder: Path, seed: int) -> ScaleResult:
    """Decide by a table of trials (`candidate_table`)."""
    decision = decide(contenders(table))
    surface = fit_surface(decision.networks, ground) if decision is not None and isinstance(ground, Grid) else None
    return ScaleResult(
        trials=table,
        ground=ground,
        config=config,
        decision=decision,
        surface=surface,
        law=None if isinstance(ground, Grid) else report_law(table, ground, seed),
        folder=folder,
    )


def write_results(result: ScaleResult, name: str) -> dict[str, Any]:
    """Write tables, coefficients.yaml, configs/ and pictures; return the figures of the run."""
    folder = result.folder
    if isinstance(result.ground, Grid):
        write_csv(_grid_table(result, result.ground), folder / "grid.csv")
    if result.law is not None:
        plot_law(result.law, result.trials, folder / "law.png")
    write_csv(result.trials, folder / "trials.csv")
    statement = None
    if result.decision is not None and result.coefficients is not None:
        statement = result.decision.statement
        with atomic_write(folder / COEFFICIENTS_FILE) as stream:
            stream.write(dump_yaml(coefficients_mapping(result, name)))
        emit_architecture(result.ground.baseline, folder / BASELINE_FILE, task=result.ground.task)
        emit_scaled(_configurations(result, result.coefficients), folder / "configs", task=result.ground.task)
        plot_accuracies(result.trials, result.decision.networks, folder / "accuracies.png")
    coefficients = result.coefficients and asdict(result.coefficients)
    return {"statement": statement, "problem": result.halted, "coefficients": coefficients}


def _configurations(result: ScaleResult, coefficients: Coefficients) -> list[Scaled]:
    """Return the networks of `scale.phis`: by the coefficients, or with a law at the cost of each phi on its path."""
    ground, phis = result.ground, result.config.phis
    if result.law is not None:
        rule, path = read_path(result.folder)
        reached = [phi for phi in phis if path.steps[0].ratio <= ground.config.target**phi <= path.steps[-1].ratio]
        return configurations(rule, path, reached, ground.config.target)
    family = FamilyConfig(coefficients=coefficients, phis=phis, rounding=result.config.grid.rounding)
    return make_family(ground.baseline, family, ground.task)


def coefficients_mapping(result: ScaleResult, name: str) -> dict[str, Any]:
    """Return the content of coefficients.yaml: the winner, its cost, what is tied with it, the controls."""
    decision, coefficients = result.decision, result.coefficients
    if decision is None or coefficients is None:
        raise ValueError("nothing was decided")
    networks = [_network_entry(row) for _, row in decision.networks.iterrows()]
    return {
        "experiment": name,
        "baseline": result.ground.baseline.name,
        **asdict(coefficients),
        "nominal_product": round(coefficients.nominal, 6),
        "measured_ratio": round(float(decision.best["ratio"]), 6),
        "val_accuracy": round(float(decision.best["accuracy"]), 6),
        "seeds": int(decision.best["seeds"]),
        "noise_sd": None if decision.noise is None else round(decision.noise, 6),
        "bought": judge(decision).sentence,
        "statement": decision.statement,
        **({} if result.too_short is None else {"too_short": result.too_short}),
        "rounding": asdict(result.config.grid.rounding),
        "response_surface": _surface_entry(result.surface),
        **({} if result.law is None else {"law": law_entry(result.law)}),
        "networks": networks,
    }


def _surface_entry(surface: SurfaceFit | None) -> dict[str, Any] | None:
    if surface is None:
        return None
    return {
        **asdict(surface.best),
        "val_accuracy": round(surface.accuracy, 6),
        "leave_one_out_error": round(surface.error, 6),
        "spread_of_accuracies": round(surface.spread, 6),
    }


def _network_entry(row: pd.Series) -> dict[str, Any]:
    return {
        "role": str(row["role"]),
        **{axis: float(row[axis]) for axis in COEFFICIENTS},
        "measured_ratio": round(float(row["ratio"]), 6),
        "val_accuracy": round(float(row["accuracy"]), 6),
        "seeds": int(row["seeds"]),
        "tied_with_best": bool(row["tied"]),
    }


def _grid_table(result: ScaleResult, grid: Grid) -> pd.DataFrame:
    """Return the whole grid, with the mean accuracy of the networks that were trained."""
    table = grid.frame.drop(columns=["network"]).rename(columns={"chosen": "distinct"})
    if result.decision is None:
        return table
    trained = result.decision.networks[result.decision.networks["role"] == "compound"]
    columns = [*COEFFICIENTS, "accuracy", "seeds"]
    return table.merge(trained[columns].rename(columns={"accuracy": "val_accuracy"}), on=list(COEFFICIENTS), how="left")

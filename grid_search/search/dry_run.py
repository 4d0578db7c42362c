"""What a scaling search will do: its data, its baseline, its grid, its trainings and their time. Nothing is written."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grid_search.compound_scaling import scale
from grid_search.config import ScaleConfig, ScaleExperiment
from grid_search.grid.enumeration import Grid
from grid_search.law.design import first_shapes
from grid_search.law_search.pool import Pool
from grid_search.search.candidates import plan_controls, spread, spread_first
from grid_search.search.evidence import evidence_of
from grid_search.search.ground import Ground, ground_of
from search_spaces.architecture import Architecture
from trials.accounting import with_accuracies
from trials.budget.pacing import Plan
from trials.budget.words import find_budget
from trials.check.data import check_data
from trials.check.disk import check_disk
from trials.check.findings import Findings
from trials.check.networks import check_networks
from trials.check.pace import check_pace, warn_of_load
from trials.check.screen import print_findings
from trials.objectives.benchmark.archive import require_archive

TIMED = 3


def check_scale_search(plan: Plan[ScaleExperiment], out: Path, console: Console) -> None:
    """Print what `scale search` will do. Raises InvalidInput for what it would refuse."""
    experiment = with_accuracies(plan.experiment, "scale search")
    ground, findings, facts = ground_of(experiment, out), Findings(), None
    if experiment.objective.uses_torch:
        warn_of_load(experiment, findings)
        facts = check_data(experiment, findings)
    elif experiment.objective.benchmark is not None:
        require_archive(experiment.objective.path)
    images = None if facts is None else facts.size
    check_networks(ground.baseline.name, ground.baseline, experiment, findings, images=images)
    timed, most = _check_trainings(ground, experiment, findings)
    if isinstance(ground, Pool) and (line := evidence_of(experiment, ground, out).line) is not None:
        findings.say(*line.split(": ", 1))
    check_disk(experiment, facts, most, timed, out, findings)
    find_budget(findings, plan.lines, plan.warnings)
    findings.say("results", f"{out / experiment.name / 'scale'}/")
    print_findings(console, findings, experiment)


def _check_trainings(ground: Ground, experiment: ScaleExperiment, findings: Findings) -> tuple[list[Architecture], int]:
    """Tell what is trained and for how long; return some of its networks and the most trainings."""
    config = experiment.scale
    timed, most = (
        _plan_grid(ground, config, findings) if isinstance(ground, Grid) else _plan_law(ground, config, findings)
    )
    if config.repeats == 1:
        findings.warn("scale.repeats: 1 trains one seed each: nothing can be told from noise; 3 is the default")
    if experiment.objective.uses_torch and experiment.objective.name == "train":
        check_pace(timed, most, experiment, findings)
    return timed, most


def _plan_grid(grid: Grid, config: ScaleConfig, findings: Findings) -> tuple[list[Architecture], int]:
    """Tell what a grid trains; return some of its networks and the most trainings."""
    chosen = spread(grid, spread_first(config))
    added = config.candidates - spread_first(config) + config.active
    controls = len(plan_controls(grid, [grid.coefficients(label) for label in chosen]))
    first = len(chosen) + controls + added
    most = first + (config.leaders + controls) * (config.repeats - 1)
    more = f", {added} more where they promise most" if added else ""
    findings.say(
        "grid",
        f"{len(grid.distinct)} distinct networks of about {config.grid.target:g} times the baseline's cost",
        f"{len(chosen)} of them{more}, and {controls} controls (the baseline, single axes, the paper's choice): "
        f"{first} trainings; with repeats at most {most}",
    )
    return [grid.architecture(label) for label in chosen[:TIMED]], most


def _plan_law(pool: Pool, config: ScaleConfig, findings: Findings) -> tuple[list[Architecture], int]:
    """Tell what a law trains; return some of its networks and the most trainings."""
    law = config.law
    chosen = first_shapes(pool.shapes, pool.cost_model, law.trainings)
    controls = len(plan_controls(pool, []))
    most = len(chosen) + (1 + controls) * config.repeats
    findings.say(
        "law",
        f"{len(pool.shapes)} distinct networks of {pool.ratios.min():.2f} to {pool.ratios.max():.2f} times the "
        f"baseline's cost, over {', '.join(pool.axes)}",
        f"at most {len(chosen)} of them, then the answer at {config.grid.target:g}x and {controls} controls; with "
        f"repeats at most {most} trainings",
    )
    timed = [scale(pool.baseline, pool.coefficients(place), 1.0, config.grid.rounding) for place in chosen[-TIMED:]]
    return timed, most

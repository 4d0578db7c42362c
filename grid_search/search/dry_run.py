"""What a scaling search will do: its data, its baseline, its grid, its trainings and their time. Nothing is written."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grid_search.config import ScaleExperiment
from grid_search.grid.enumeration import Grid
from grid_search.search.budget import ScalePlan
from grid_search.search.candidates import plan_controls, spread
from grid_search.search.run import grid_of
from trials.accounting import with_accuracies
from trials.budget.words import find_budget
from trials.check.data import check_data
from trials.check.findings import Findings
from trials.check.networks import check_networks
from trials.check.pace import check_pace
from trials.check.screen import print_findings

TIMED = 3


def check_scale_search(plan: ScalePlan, out: Path, console: Console) -> None:
    """Print what `scale search` will do. Raises InvalidInput for what it would refuse."""
    experiment = with_accuracies(plan.experiment, "scale search")
    grid, findings = grid_of(experiment, out), Findings()
    if experiment.objective.uses_torch:
        check_data(experiment, findings)
    check_networks(grid.baseline.name, grid.baseline, experiment, findings)
    _check_grid(grid, experiment, findings)
    find_budget(findings, plan.lines, plan.warnings)
    findings.say("results", f"{out / experiment.name / 'scale'}/")
    print_findings(console, findings, experiment)


def _check_grid(grid: Grid, experiment: ScaleExperiment, findings: Findings) -> None:
    config = experiment.scale
    chosen = spread(grid, config.candidates)
    controls = len(plan_controls(grid, [grid.coefficients(label) for label in chosen]))
    first = len(chosen) + controls + config.active
    most = first + (config.leaders + controls) * (config.repeats - 1)
    findings.say(
        "grid",
        f"{len(grid.distinct)} distinct networks of about {config.grid.target:g} times the baseline's cost",
        f"{len(chosen)} of them, {config.active} more where they promise most, {controls} controls: {first} trainings; "
        f"with repeats at most {most}",
    )
    if config.repeats == 1:
        findings.warn("scale.repeats: 1 trains one seed each: nothing can be told from noise; 3 is the default")
    if experiment.objective.uses_torch and experiment.objective.name == "train":
        timed = [grid.architecture(label) for label in chosen[:TIMED]]
        check_pace(timed, most, experiment, findings)

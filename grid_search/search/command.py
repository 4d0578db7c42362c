"""`scale search`. Slow imports inside."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from trials.console.command_line import budget_option, command_text, experiment_options, with_options
from trials.console.engine_options import compute_settings, engine_options


@click.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@engine_options
@click.option("--baseline", help="An architecture file or a published network; default: what `nas run` found.")
@budget_option
@click.option("--method", type=click.Choice(["grid", "law"]), help="How.  [default: the experiment's, or grid]")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--retry-failed", is_flag=True, help="Evaluate failed candidates again.")
def search(
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    baseline: str | None,
    budget: float | None,
    method: str | None,
    dry_run: bool,
    retry_failed: bool,
    **compute: Any,
) -> None:
    """Search coefficients with EXPERIMENT (default: quickstart), or continue where an earlier run of it stopped.

    Networks of the constrained grid are trained on the experiment's proxy, single-axis controls beside them; the
    winner's coefficients and the scaled configurations go to OUT/EXPERIMENT/scale. With --method law, a law of
    accuracy is fitted to smaller and cheaper networks, and its answer is trained beside the controls. Exit code 1
    where none could be trained, and where the first all fail alike: the run then stops.
    """
    began = time.monotonic()
    from grid_search.config import load_scale_experiment
    from grid_search.search.budget import plan_scale_search
    from grid_search.search.dry_run import check_scale_search
    from grid_search.search.run import run_scale_search
    from grid_search.search.screen import print_scale_search
    from trials.budget.words import print_budget, print_end
    from trials.budget.written import written_settings
    from trials.console.output import open_console

    named = {"seed": seed, "scale.baseline": baseline, "scale.method": method, **compute_settings(**compute)}
    options = with_options(overrides, budget=budget, **named)
    settings = load_scale_experiment(experiment, file, options)
    console = open_console()
    plan = plan_scale_search(settings, written_settings(experiment, file, options), out, began)
    if dry_run:
        check_scale_search(plan, out, console)
        return
    print_budget(console, plan.lines, plan.warnings)
    result = run_scale_search(
        plan.experiment, out, console=console, command=command_text(), again=retry_failed, pacing=plan.pacing
    )
    print_scale_search(console, result)
    if plan.pacing is not None:
        print_end(console, plan.pacing.clock)
    if result.decision is None or result.halted is not None:
        click.get_current_context().exit(1)

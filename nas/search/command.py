"""`nas run`. Slow imports inside."""

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
@click.option("--trials", type=int, help="How many candidates to evaluate in all.")
@budget_option
@click.option("--storage", help="An Optuna storage URL in the place of the journal file.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done, as `nas check` does.")
@click.option("--deterministic", is_flag=True, help="The same trials whatever the number of workers: nas.batch=8.")
@click.option("--retry-failed", is_flag=True, help="Evaluate failed candidates again, outside the budget.")
def run(
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    trials: int | None,
    budget: float | None,
    storage: str | None,
    dry_run: bool,
    deterministic: bool,
    retry_failed: bool,
    **compute: Any,
) -> None:
    """Search with EXPERIMENT (default: quickstart), or continue where an earlier run of it stopped.

    Candidates are evaluated one by one, or several at a time by Ray (docs/clusters.md); published networks under the
    same conditions beside them. Tables, the best network and a plot go to OUT/EXPERIMENT/nas. Exit code 1 where nothing
    usable was found, and where the first candidates all fail alike: the run then stops.
    """

    began = time.monotonic()
    from nas.budget.plan import plan_search
    from nas.check.search import check_search
    from nas.config import load_nas_experiment
    from nas.search.run import run_search
    from nas.search.screen import print_search
    from nas.search.target_notice import target_notice
    from trials.budget.words import print_budget, print_end
    from trials.budget.written import written_settings
    from trials.check.screen import print_plan
    from trials.console.output import open_console

    named = {
        "seed": seed,
        "nas.trials": trials,
        "nas.storage": storage,
        **compute_settings(**compute),
    }
    batches = ["nas.batch=8"] if deterministic else []  # before --set, which may say another number
    options = [*batches, *with_options(overrides, budget=budget, **named)]
    settings = load_nas_experiment(experiment, file, options)
    console = open_console()
    plan = plan_search(settings, written_settings(experiment, file, options), out, began)
    settings = plan.experiment
    if dry_run:
        check_search(plan, out, console)
        return
    print_plan(console, (*settings.nas.references, "efficientnet-b0")[0], settings)
    if notice := target_notice(settings, file, overrides):
        console.print(notice, style="yellow", highlight=False, soft_wrap=True, markup=False)
    print_budget(console, plan.lines, plan.warnings)
    result = run_search(settings, out, console=console, command=command_text(), again=retry_failed, pacing=plan.pacing)
    print_search(console, result, settings)
    if plan.pacing is not None:
        print_end(console, plan.pacing.clock)
    if result.problem is not None or result.halted is not None:
        click.get_current_context().exit(1)

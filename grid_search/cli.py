"""The `scale` command. Everything slow is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grid_search.command_options import BASELINE_OPTION, rounding_options, rounding_settings
from grid_search.exchange_commands import export, import_
from grid_search.family_commands import emit, table
from trials.command_line import Commands, command_text, experiment_options, with_options
from trials.engine_options import compute_settings, engine_options


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compound-nas")
def main() -> None:
    """Stage 2: search for the coefficients that scale a baseline network, and emit the scaled configurations."""


for command in (emit, table, export, import_):
    main.add_command(command)


@main.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@engine_options
@click.option("--baseline", help="An architecture file or a published network; default: what `nas run` found.")
def search(
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path,
    baseline: str | None,
    **compute: Any,
) -> None:
    """Search coefficients with EXPERIMENT (default: quickstart), or continue where an earlier run of it stopped.

    Networks of the constrained grid are trained on the experiment's proxy, single-axis controls beside them; the
    winner's coefficients and the scaled configurations go to OUT/EXPERIMENT/scale.
    """
    from rich.console import Console

    from grid_search.run import run_scale_search
    from grid_search.summary import print_scale_search
    from trials.experiment import load_experiment

    named = {"seed": seed, "scale.baseline": baseline, **compute_settings(**compute)}
    settings = load_experiment(experiment, file, with_options(overrides, **named))
    console = Console()
    result = run_scale_search(experiment, settings, out, console=console, command=command_text())
    print_scale_search(console, result)


@main.command()
@BASELINE_OPTION
@click.option("--step", type=float, default=0.05, show_default=True, help="Step of all three coefficients.")
@click.option("--tolerance", type=float, default=0.1, show_default=True, help="In baselines.")
@click.option("--target", type=float, default=2.0, show_default=True, help="In baselines.")
@click.option(
    "--constraint",
    type=click.Choice(["nominal", "measured", "both"]),
    default="nominal",
    show_default=True,
    help="What is held against the target: alpha * beta^2 * gamma^2, the rounded network's cost, or both.",
)
@rounding_options
@click.option("--cost", default="flops", show_default=True, help="flops, activations, params, latency, module:callable")
@click.option("--solve", type=click.Choice(["alpha", "beta", "gamma"]), help="Solve this one for the measured cost.")
@click.option("--csv", type=click.Path(path_type=Path, dir_okay=False), help="Write all candidates here.")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw measured against nominal cost.")
def grid(baseline: str, csv: Path | None, plot: Path | None, **options: Any) -> None:
    """Show a grid of coefficients without training anything."""
    from rich.console import Console

    from grid_search.grid import enumerate_grid
    from grid_search.imports.source import load_baseline_source
    from grid_search.plots import plot_nominal_measured
    from grid_search.scale_config import GridConfig
    from grid_search.summary import print_grid
    from search_spaces.validation import validated
    from trials.report import write_csv

    config = validated(GridConfig, _grid_settings(**options))
    enumerated = enumerate_grid(load_baseline_source(baseline), config)
    print_grid(Console(), enumerated)
    if csv is not None:
        write_csv(enumerated.frame, csv)
    if plot is not None:
        plot_nominal_measured(enumerated, plot)


def _grid_settings(
    *,
    step: float,
    tolerance: float,
    target: float,
    constraint: str,
    cost: str,
    solve: str | None,
    **rounding: Any,
) -> dict[str, Any]:
    """Return the command's options as the `grid` section of an experiment."""
    return {
        **{name: {"step": step} for name in ("alpha", "beta", "gamma")},
        "tolerance": tolerance,
        "target": target,
        "constraint": constraint,
        "cost": cost,
        "rounding": rounding_settings(**rounding),
        **({"method": "solve", "solve_for": solve} if solve else {}),
    }

"""`scale grid`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grid_search.command_options import BASELINE_OPTION, NUM_CLASSES_OPTION, rounding_options, rounding_settings


@click.command()
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
@NUM_CLASSES_OPTION
@rounding_options
@click.option("--cost", default="flops", show_default=True, help="flops, activations, params, latency, module:callable")
@click.option("--solve", type=click.Choice(["alpha", "beta", "gamma"]), help="Solve this one for the measured cost.")
@click.option("--csv", type=click.Path(path_type=Path, dir_okay=False), help="Write all candidates here.")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw measured against nominal cost.")
def grid(baseline: str, num_classes: int | None, csv: Path | None, plot: Path | None, **options: Any) -> None:
    """Show a grid of coefficients without training anything."""
    from grid_search.grid.config import GridConfig
    from grid_search.grid.enumeration import enumerate_grid
    from grid_search.grid.plots import plot_nominal_measured
    from grid_search.grid.screen import print_grid
    from search_spaces.exchange.source import load_architecture, recorded_task
    from search_spaces.validation import validated
    from trials.console.output import open_console
    from trials.study.report import write_csv

    config = validated(GridConfig, _grid_settings(**options))
    enumerated = enumerate_grid(load_architecture(baseline), config, recorded_task(baseline, num_classes))
    print_grid(open_console(), enumerated)
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

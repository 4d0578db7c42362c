"""The `scale` command. Everything slow is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grid_search.exchange_commands import export, import_
from search_spaces.errors import InvalidInput
from trials.command_line import Commands, command_text, experiment_options, with_options

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compound-nas")
def main() -> None:
    """Stage 2: search for the coefficients that scale a baseline network, and emit the scaled configurations."""


main.add_command(export)
main.add_command(import_)


@main.command()
@click.argument("experiment", default="quickstart")
@experiment_options
@click.option("--baseline", help="An architecture file or a published network; default: what `nas run` found.")
def search(
    experiment: str, file: Path, overrides: tuple[str, ...], seed: int | None, out: Path, baseline: str | None
) -> None:
    """Search coefficients with EXPERIMENT (default: quickstart), or continue where an earlier run of it stopped.

    Networks of the constrained grid are trained on the experiment's proxy, single-axis controls beside them; the
    winner's coefficients and the scaled configurations go to OUT/EXPERIMENT/scale.
    """
    from rich.console import Console

    from grid_search.run import run_scale_search
    from grid_search.summary import print_scale_search
    from trials.experiment import load_experiment

    named = {"seed": seed, "scale.baseline": baseline}
    settings = load_experiment(experiment, file, with_options(overrides, **named))
    console = Console()
    result = run_scale_search(experiment, settings, out, console=console, command=command_text())
    print_scale_search(console, result)


@main.command()
@click.option("--baseline", required=True, help="An architecture file, a published network or timm:MODEL.")
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
@click.option("--depth-rounding", type=click.Choice(["ceil", "nearest"]), default="ceil", show_default=True)
@click.option("--resolution-rounding", type=click.Choice(["floor", "nearest"]), default="floor", show_default=True)
@click.option("--resolution-multiple", type=int, default=1, show_default=True)
@click.option("--width-divisor", type=int, default=8, show_default=True)
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
    depth_rounding: str,
    resolution_rounding: str,
    resolution_multiple: int,
    width_divisor: int,
    solve: str | None,
    **same: Any,
) -> dict[str, Any]:
    """Return the command's options as the `grid` section of an experiment."""
    rounding = {
        "depth": depth_rounding,
        "resolution": resolution_rounding,
        "resolution_multiple": resolution_multiple,
        "width_divisor": width_divisor,
    }
    method = {"method": "solve", "solve_for": solve} if solve else {}
    return {**{name: {"step": step} for name in ("alpha", "beta", "gamma")}, "rounding": rounding, **method, **same}


@main.command()
@click.option("--baseline", required=True, help="An architecture file, a published network or timm:MODEL.")
@click.option("--official", is_flag=True, help="The published B0 to B8 and L2, for efficientnet-b0.")
@click.option("--alpha", type=float, help="Depth coefficient.")
@click.option("--beta", type=float, help="Width coefficient.")
@click.option("--gamma", type=float, help="Resolution coefficient.")
@click.option("--phi", help="Compound coefficients, e.g. 0,1,2 or -1,0.5.")
@click.option("--flops", help="Target costs for which phi is solved, e.g. 400M,800M,1.6G or 0.5x,2x.")
@click.option("--latency-ms", help="Target latencies on this machine for which phi is solved, e.g. 20,40.")
@click.option("--num-classes", type=int, default=1000, show_default=True)
@click.option("--out", type=FOLDER, required=True, help="The folder for the configurations.")
def emit(
    baseline: str,
    official: bool,
    alpha: float | None,
    beta: float | None,
    gamma: float | None,
    phi: str | None,
    flops: str | None,
    latency_ms: str | None,
    num_classes: int,
    out: Path,
) -> None:
    """Emit scaled configurations without training: the published ones, or those of given coefficients."""
    from rich.console import Console

    from grid_search.emit import emit_official, emit_scaled
    from grid_search.family import make_family
    from grid_search.imports.source import load_baseline_source
    from grid_search.scale_config import FamilyConfig
    from grid_search.summary import print_files
    from search_spaces.validation import validated

    given = {"alpha": alpha, "beta": beta, "gamma": gamma}
    if official:
        _refuse_with_official(**given, phi=phi, flops=flops, latency_ms=latency_ms)
        print_files(Console(), emit_official(out, baseline=baseline, num_classes=num_classes))
        return
    targets = flops or latency_ms
    settings = {
        "coefficients": _require_all(given),
        "phis": _numbers("--phi", phi),
        "targets": [_number_or_text(entry) for entry in _entries(targets)],
        "cost": "latency" if latency_ms else "flops",
    }
    family = make_family(load_baseline_source(baseline), validated(FamilyConfig, settings), num_classes)
    print_files(Console(), emit_scaled(family, out, num_classes=num_classes))


@main.command()
@click.argument("directory", type=FOLDER)
def table(directory: Path) -> None:
    """Print the family in DIRECTORY beside the published B0 to B7."""
    from rich.console import Console

    from grid_search.summary import print_family
    from grid_search.table import family_table

    print_family(Console(), family_table(directory))


def _refuse_with_official(**options: object) -> None:
    for name, value in options.items():
        if value is not None:
            raise InvalidInput(f"--{name.replace('_', '-')}", value, "nothing beside --official: its numbers are fixed")


def _require_all(coefficients: dict[str, float | None]) -> dict[str, float]:
    for name, value in coefficients.items():
        if value is None:
            raise InvalidInput(f"--{name}", None, "a number: all three coefficients, or --official")
    return {name: value for name, value in coefficients.items() if value is not None}


def _entries(text: str | None) -> list[str]:
    return [entry.strip() for entry in text.split(",")] if text else []


def _numbers(option: str, text: str | None) -> list[float]:
    try:
        return [float(entry) for entry in _entries(text)]
    except ValueError:
        raise InvalidInput(option, text, "numbers separated by commas") from None


def _number_or_text(entry: str) -> float | str:
    try:
        return float(entry)
    except ValueError:
        return entry

"""The commands that make and show families of scaled networks. Everything slow is imported by the command."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grid_search.command_options import BASELINE_HELP, NUM_CLASSES_OPTION, rounding_options, rounding_settings
from search_spaces.errors import InvalidInput

if TYPE_CHECKING:
    from grid_search.compound_scaling import Scaled
    from grid_search.family.config import FamilyConfig
    from search_spaces.architecture import Architecture
    from search_spaces.task import Task

FOLDER = click.Path(path_type=Path, file_okay=False)
BESIDE_OFFICIAL = ("official", "baseline", "num_classes", "out")
ROUNDING = ("depth_rounding", "resolution_rounding", "resolution_multiple", "width_divisor")
DECIDED = ("baseline", "alpha", "beta", "gamma", *ROUNDING)


@click.command()
@click.option("--baseline", help=BASELINE_HELP)
@click.option("--from", "decided", type=FOLDER, help="Results of `scale search`: its baseline and coefficients.")
@click.option("--law", type=FOLDER, help="Results of `scale search --method law`: the path of its law.")
@click.option("--alpha", type=float, help="Depth coefficient.")
@click.option("--beta", type=float, help="Width coefficient.")
@click.option("--gamma", type=float, help="Resolution coefficient.")
@click.option("--phi", help="Compound coefficients, e.g. 0,1,2 or -1,0.5.")
@click.option("--flops", help="Target costs for which phi is solved, e.g. 400M,800M,1.6G or 0.5x,2x.")
@click.option("--params", help="Target parameters for which phi is solved; with --law and --flops a second limit.")
@click.option("--latency-ms", help="Target latencies on this machine for which phi is solved, e.g. 20,40.")
@click.option(
    "--tolerance", type=float, help="How far from its target a network may cost, as a share.  [default: 0.03]"
)
@click.option("--shrink", type=click.Choice(["compound", "tinynet"]), help="The rule below the baseline.")
@click.option("--max-depth", type=int, help="The most blocks.")
@click.option("--max-width", type=int, help="The most channels of a stage.")
@click.option("--max-resolution", type=int, help="The most pixels along the longer side.")
@rounding_options
@click.option("--official", is_flag=True, help="The published B0 to B8 and L2, for efficientnet-b0.")
@NUM_CLASSES_OPTION
@click.option("--out", type=FOLDER, required=True, help="The folder for the configurations.")
@click.pass_context
def emit(
    context: click.Context,
    /,
    decided: Path | None,
    law: Path | None,
    official: bool,
    num_classes: int | None,
    out: Path,
    **options: Any,
) -> None:
    """Emit scaled configurations without training.

    The coefficients are those that `scale search` decided on (--from), given ones, or the published ones (--official);
    or depth, width and resolution follow the path of a law (--law).
    """
    from grid_search.family.emit import emit_official, emit_scaled
    from grid_search.family.members import make_family
    from grid_search.family.screen import print_files
    from trials.console.output import open_console

    if official:
        _refuse_beside(context, "--official", *(name for name in context.params if name not in BESIDE_OFFICIAL))
        baseline, task = _baseline(options.pop("baseline"), num_classes)
        paths = emit_official(out, baseline=baseline, task=task)
    elif law is not None:
        _refuse_beside(context, "--law", *DECIDED, "decided", "phi", "shrink")
        members, task = _along_law(law, num_classes, options)
        paths = emit_scaled(members, out, task=task)
    else:
        if decided is not None:
            _refuse_beside(context, "--from", *DECIDED)
        network, config, task = _rule(decided, num_classes, options)
        paths = emit_scaled(make_family(network, config, task), out, task=task)
        if decided is None and num_classes is None:
            told = f"counted with {task.num_classes} classes and images of {task.in_channels} channel(s)"
            click.echo(f"{told}; --num-classes for others", err=True)
    print_files(open_console(), paths)


@click.command()
@click.argument("directory", type=FOLDER)
def table(directory: Path) -> None:
    """Print the family in DIRECTORY beside the published B0 to B7."""
    from grid_search.family.screen import print_family
    from grid_search.family.table import family_table
    from trials.console.output import open_console

    print_family(open_console(), family_table(directory))


def _baseline(source: str | None, num_classes: int | None) -> tuple[str, Task]:
    from search_spaces.exchange.source import recorded_task

    if source is None:
        raise InvalidInput("--baseline", None, "an architecture file, a published network or timm:MODEL; or --from DIR")
    return source, recorded_task(source, num_classes)


def _rule(
    decided: Path | None, num_classes: int | None, options: dict[str, Any]
) -> tuple[Architecture, FamilyConfig, Task]:
    """Return the baseline, the family and the task: as a search decided, or as the options say."""
    from grid_search.family.config import FamilyConfig
    from grid_search.family.finished import read_rule
    from search_spaces.exchange.source import load_architecture
    from search_spaces.validation import validated

    source = options.pop("baseline")
    if decided is None:
        source, task = _baseline(source, num_classes)
        return load_architecture(source), validated(FamilyConfig, _family_settings(**options)), task
    rule = read_rule(decided, num_classes)
    settings = _family_settings(**options | asdict(rule.coefficients)) | {"rounding": asdict(rule.rounding)}
    return rule.baseline, validated(FamilyConfig, settings), rule.task


def _along_law(law: Path, num_classes: int | None, options: dict[str, Any]) -> tuple[list[Scaled], Task]:
    """Return the members along the path of a law for the targets of the options, and the task they are counted with."""
    from grid_search.family.along_path import family_along, read_path
    from grid_search.family.config import FamilyConfig
    from grid_search.family.finished_law import finished_law
    from grid_search.family.within_limits import families_within
    from search_spaces.validation import validated

    options.pop("baseline")
    if options["flops"] and options["params"]:
        limits = {name: tuple(map(_number_or_text, _entries(options.pop(name)))) for name in ("flops", "params")}
        _refuse_with_limits(options)
        fitted = finished_law(law, num_classes)
        return families_within(fitted, limits), fitted.rule.task
    rule, path = read_path(law, num_classes)
    settings = _family_settings(**options | asdict(rule.coefficients)) | {"rounding": asdict(rule.rounding)}
    if not settings["targets"]:
        raise InvalidInput("--flops", None, "target costs, e.g. 400M,1.6G or 0.5x,2x: --law needs them")
    return family_along(rule, path, validated(FamilyConfig, settings)), rule.task


def _family_settings(
    *,
    alpha: float | None,
    beta: float | None,
    gamma: float | None,
    phi: str | None,
    flops: str | None,
    params: str | None,
    latency_ms: str | None,
    tolerance: float | None,
    shrink: str | None,
    max_depth: int | None,
    max_width: int | None,
    max_resolution: int | None,
    **rounding: Any,
) -> dict[str, Any]:
    """Return the command's options as the settings of a family; those not given keep their defaults."""
    given = {"flops": flops, "params": params, "latency": latency_ms}
    cost, targets = next(((name, text) for name, text in given.items() if text), ("flops", None))
    for name, text in given.items():
        if text and name != cost:
            accepted = f"nothing beside --{cost}: one cost is solved for (--law with --flops and --params: two limits)"
            raise InvalidInput("--latency-ms" if name == "latency" else f"--{name}", text, accepted)
    optional = {"tolerance": tolerance, "shrink": shrink}
    return {
        "coefficients": _require_all({"alpha": alpha, "beta": beta, "gamma": gamma}),
        "phis": _numbers("--phi", phi),
        "targets": [_number_or_text(entry) for entry in _entries(targets)],
        "cost": cost,
        "limits": {"depth": max_depth, "width": max_width, "resolution": max_resolution},
        "rounding": rounding_settings(**rounding),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _refuse_with_limits(options: dict[str, Any]) -> None:
    for name in ("latency_ms", "tolerance", "max_depth", "max_width", "max_resolution"):
        if options[name] is not None:
            accepted = "nothing beside --law with --flops and --params, which are limits"
            raise InvalidInput(f"--{name.replace('_', '-')}", options[name], accepted)


def _refuse_beside(context: click.Context, option: str, *names: str) -> None:
    for name in names:
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            given = context.params[name]
            shown = "from" if name == "decided" else name.replace("_", "-")
            raise InvalidInput(f"--{shown}", given, f"nothing beside {option}, which says it")


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

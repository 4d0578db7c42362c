"""Options that commands of `scale` share, and how they become settings. No torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
ROUNDING_OPTIONS = (
    click.option("--depth-rounding", type=click.Choice(["ceil", "nearest"]), default="ceil", show_default=True),
    click.option("--resolution-rounding", type=click.Choice(["floor", "nearest"]), default="floor", show_default=True),
    click.option("--resolution-multiple", type=int, default=1, show_default=True, help="In pixels."),
    click.option("--width-divisor", type=int, default=8, show_default=True, help="In channels."),
)
BASELINE_HELP = "An architecture file, a published network or timm:MODEL."
BASELINE_OPTION = click.option("--baseline", required=True, help=BASELINE_HELP)

NUM_CLASSES_OPTION = click.option(
    "--num-classes", type=int, help="Count with as many classes; default: those of the file, or 1000."
)


def rounding_options(command: Command) -> Command:
    """Add the options that say how scaled numbers become integers."""
    for option in reversed(ROUNDING_OPTIONS):
        command = option(command)
    return command


def rounding_settings(
    *, depth_rounding: str, resolution_rounding: str, resolution_multiple: int, width_divisor: int
) -> dict[str, Any]:
    """Return the options as the `rounding` of a grid or a family."""
    return {
        "depth": depth_rounding,
        "resolution": resolution_rounding,
        "resolution_multiple": resolution_multiple,
        "width_divisor": width_divisor,
    }

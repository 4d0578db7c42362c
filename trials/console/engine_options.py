"""The options that say where candidates are evaluated, and how they become settings. No torch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from search_spaces.errors import InvalidInput

Command = TypeVar("Command", bound=Callable[..., Any])
RESOURCES = 'a JSON object of positive numbers, such as {"CPU": 1, "GPU": 0.25}'
ENGINES = "One candidate at a time, the same in this process itself (for a debugger), or workers of Ray."
ENGINE_OPTIONS = (
    click.option("--engine", type=click.Choice(["local", "inline", "ray"]), help=ENGINES),
    click.option("--concurrency", type=int, help="Candidates to evaluate at a time; more than one implies Ray."),
    click.option("--resources", help='What each gets of a Ray node, e.g. \'{"CPU": 1, "GPU": 0.25}\'.'),
    click.option(
        "--log-to",
        type=click.Choice(["tensorboard", "mlflow"]),
        multiple=True,
        help="Tell trials to a tracker too, as they end.",
    ),
    click.option("--address", help="A running Ray: auto or host:port; default: start one on this machine."),
)


def engine_options(command: Command) -> Command:
    """Add the options by which a command chooses its engine."""
    for option in reversed(ENGINE_OPTIONS):
        command = option(command)
    return command


def compute_settings(
    *,
    engine: str | None,
    concurrency: int | None,
    resources: str | None,
    address: str | None,
    log_to: tuple[str, ...] = (),
) -> dict[str, object]:
    """Return the options as overrides of an experiment. Raises InvalidInput for resources that are not such a thing."""
    return {
        "compute.engine": engine,
        "compute.concurrency": concurrency,
        "compute.resources": None if resources is None else json.dumps(_parsed(resources)),
        "compute.log_to": json.dumps(log_to) if log_to else None,
        "compute.address": None if address is None else json.dumps(address),
    }


def _parsed(resources: str) -> dict[str, float]:
    try:
        parsed = json.loads(resources)
    except (ValueError, RecursionError):
        raise InvalidInput("--resources", resources, RESOURCES) from None
    if not isinstance(parsed, dict):
        raise InvalidInput("--resources", resources, RESOURCES)
    return parsed

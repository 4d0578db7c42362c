"""`nas cost`. Slow imports inside."""

from __future__ import annotations

import click


@click.command()
@click.argument("architecture")
@click.option("--resolution", type=int, help="Count at another resolution, in pixels.")
@click.option("--num-classes", type=int, help="Count with as many classes; default: those of the file, or 1000.")
def cost(architecture: str, resolution: int | None, num_classes: int | None) -> None:
    """Count what ARCHITECTURE (a file, timm:MODEL or a published name) costs, by every counter side by side."""
    from nas.cost.screen import print_cost
    from search_spaces import load_architecture
    from search_spaces.exchange.source import recorded_task
    from trials.console.output import open_console

    task = recorded_task(architecture, num_classes)
    print_cost(open_console(), load_architecture(architecture), resolution=resolution, task=task)

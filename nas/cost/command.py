"""`nas cost`. Slow imports inside."""

from __future__ import annotations

import click


@click.command()
@click.argument("architecture")
@click.option("--resolution", type=int, help="Count at another resolution, in pixels.")
@click.option("--num-classes", type=int, default=1000, show_default=True)
def cost(architecture: str, resolution: int | None, num_classes: int) -> None:
    """Count what ARCHITECTURE (a file, timm:MODEL or a published name) costs, by every counter side by side."""
    from rich.console import Console

    from nas.cost.screen import print_cost
    from search_spaces import load_architecture

    print_cost(Console(), load_architecture(architecture), resolution=resolution, num_classes=num_classes)

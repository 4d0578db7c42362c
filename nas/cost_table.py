"""The cost of one architecture, by every counter side by side, each with its convention."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console
from rich.table import Table

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.measure import flop_counter_flops, measure_cost


def print_cost(console: Console, architecture: Architecture, *, resolution: int | None, num_classes: int) -> None:
    """Print multiply-adds, parameters and activations as counted in closed form, by fvcore and by torch."""
    if not 1 <= num_classes <= 1_000_000:
        raise InvalidInput("--num-classes", num_classes, "an integer from 1 to 1000000")
    if resolution is not None:
        architecture = replace(architecture, resolution=resolution)
    estimated = estimate_cost(architecture, num_classes)
    measured = measure_cost(architecture, num_classes)
    table = Table(title=f"{architecture.name} at {architecture.resolution} px, {num_classes} classes, batch 1")
    for heading in ("counter", "flops", "params", "activations", "what it counts"):
        table.add_column(heading, justify="left" if heading in ("counter", "what it counts") else "right")
    convention = "multiply-adds of convolutions and classifier"
    _row(table, "closed form", estimated.flops, estimated.params, estimated.activations, convention)
    _row(table, "fvcore", measured.flops, measured.params, measured.activations, f"{convention} (our reference)")
    total = "the same and batch norm (2 per element) and global pooling (1)"
    _row(table, "fvcore, its total", measured.fvcore_total, measured.params, measured.activations, total)
    counted = flop_counter_flops(architecture, num_classes)
    _row(table, "torch FlopCounterMode", counted, None, None, "half of its FLOPs: it counts * and + apart")
    console.print(table)


def _row(table: Table, counter: str, flops: int, params: int | None, activations: int | None, what: str) -> None:
    numbers = ("-" if number is None else f"{number:,}" for number in (flops, params, activations))
    table.add_row(counter, *numbers, what)

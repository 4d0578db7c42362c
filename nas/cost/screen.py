"""The cost of one architecture, by every counter side by side, each with its convention."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console
from rich.table import Table

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost, is_measurable
from search_spaces.measure import flop_counter_flops, measure_cost
from search_spaces.task import Task

CONVENTION = """\
flops are multiply-adds of the convolutions and the classifier; fvcore's count of them is the one we report.
FlopCounterMode counts a multiplication and an addition as two, so it is halved. The last row is what fvcore
reports by default: it adds 2 per element of a batch norm and 1 per element that is pooled globally."""


def print_cost(console: Console, architecture: Architecture, *, resolution: int | None, task: Task) -> None:
    """Print multiply-adds, parameters and activations as counted in closed form, by fvcore and by torch."""
    if resolution is not None:
        architecture = replace(architecture, resolution=resolution)
    estimated = estimate_cost(architecture, *task)
    table = Table(title=f"{architecture.name} at {architecture.resolution} px, {task.num_classes} classes, batch 1")
    for heading in ("counter", "flops", "params", "activations"):
        table.add_column(heading, justify="left" if heading == "counter" else "right")
    _row(table, "closed form", estimated.flops, estimated.params, estimated.activations)
    if is_measurable(architecture, estimated):
        measured = measure_cost(architecture, *task)
        _row(table, "fvcore", measured.flops, measured.params, measured.activations)
        _row(table, "torch FlopCounterMode / 2", flop_counter_flops(architecture, *task), None, None)
        _row(table, "fvcore, with batch norm and pooling", measured.fvcore_total, None, None)
    else:
        table.caption = "too large for the counters that run or build the network"
    console.print(table)
    console.print(CONVENTION, soft_wrap=True, highlight=False)


def _row(table: Table, counter: str, flops: int, params: int | None, activations: int | None) -> None:
    table.add_row(counter, *("-" if number is None else f"{number:,}" for number in (flops, params, activations)))

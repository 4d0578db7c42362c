"""How many architectures a second the closed form costs on one core, and how many fvcore does in the same run.

Every architecture is a new random one at a resolution of its own, and caches start empty in every batch; what remains
cached is what random members of one space share. Run `python -m benchmarks.cost_rate`.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import click
from rich.console import Console
from rich.table import Table

from search_spaces.architecture import Architecture
from search_spaces.cost import block_counts, estimate_cost
from search_spaces.measure import measure_cost
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space, shipped_spaces
from search_spaces.structure import stage_runs
from search_spaces.threads import torch_threads

SMALLEST_SIDE, LARGEST_SIDE = 192, 256


@click.command()
@click.option("--batches", default=9, show_default=True, help="Repetitions of which the median counts.")
@click.option("--closed", default=2000, show_default=True, help="Architectures a batch for the closed form.")
@click.option("--measured", default=4, show_default=True, help="Architectures a batch for fvcore.")
@click.option("--seed", default=0, show_default=True)
def main(batches: int, closed: int, measured: int, seed: int) -> None:
    """Print the rates of both counters on random architectures of every shipped space."""
    table = Table("space", "closed form / s", "lowest batch / s", "fvcore / s", "ratio", title="architectures costed")
    for name in shipped_spaces():
        space, rng = load_space(name), random.Random(seed)
        fast = [_rate(estimate_cost, _draw(space, rng, closed)) for _ in range(batches)]
        with torch_threads(1):
            measure_cost(_draw(space, rng, 1)[0])  # imports and first calls are not counting
            slow = [_rate(measure_cost, _draw(space, rng, measured)) for _ in range(batches)]
        closed_rate, fvcore_rate = statistics.median(fast), statistics.median(slow)
        ratio = closed_rate / fvcore_rate
        table.add_row(name, f"{closed_rate:,.0f}", f"{min(fast):,.0f}", f"{fvcore_rate:.2f}", f"{ratio:,.0f}")
    Console().print(table)


def _draw(space: SearchSpace, rng: random.Random, count: int) -> list[Architecture]:
    """Draw distinct architectures at random, mostly not square, resolutions of about ImageNet's."""
    drawn: dict[str, Architecture] = {}
    while len(drawn) < count:
        size = (rng.randint(SMALLEST_SIDE, LARGEST_SIDE), rng.randint(SMALLEST_SIDE, LARGEST_SIDE))
        architecture = replace(space.sample(rng), resolution=size)
        drawn[architecture.key] = architecture
    _forget()
    return list(drawn.values())


def _forget() -> None:
    """Empty the caches, so that an architecture costs what it costs the first time."""
    stage_runs.cache_clear()
    block_counts.cache_clear()


def _rate(count: Callable[[Architecture], object], architectures: Sequence[Architecture]) -> float:
    """Return architectures counted per second."""
    started = time.perf_counter()
    for architecture in architectures:
        count(architecture)
    return len(architectures) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()

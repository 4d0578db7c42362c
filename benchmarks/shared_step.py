"""Seconds of a step in the training of shared weights: processes of one thread beside threads of torch.

Each way runs in a process of its own, since threads of torch that wait disturb whoever computes after them. The ways
take turns; the median of all steps but the first of each turn counts. With `--busy` so many other processes compute
meanwhile. Run `python -m benchmarks.shared_step`.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice

import click
import torch
from rich.console import Console
from rich.table import Table

from nas.config import load_nas_experiment
from trials.objectives.shared.course import course_over
from trials.objectives.shared.parallel import gradients_of
from trials.objectives.shared.recipe import shared_training
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.scoring import ANY_SIZE
from trials.objectives.shared.training import new_supernet
from trials.resolving import space_of
from trials.training.batches import stored_batches
from trials.training.equipment import load_split
from trials.training.isolation import isolated
from trials.training.loop import parts_of
from trials.training.state import start

CPU = torch.device("cpu")
AFTER = 1_000  # steps: the largest network is no longer trained alone
SPAWN = multiprocessing.get_context("spawn")


@click.command()
@click.option("--experiment", default="quickstart", show_default=True)
@click.option("--cores", default=2, show_default=True, help="Threads, or processes.")
@click.option("--steps", default=12, show_default=True, help="Of each turn.")
@click.option("--turns", default=3, show_default=True)
@click.option("--busy", default=0, show_default=True, help="Processes that compute meanwhile.")
def main(experiment: str, cores: int, steps: int, turns: int, busy: int) -> None:
    """Print the medians."""
    ways = {"1 thread": (1, 1), f"{cores} threads": (cores, 1), f"{cores} processes": (1, cores)}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    with others(busy):
        for _ in range(turns):
            for way, (threads, processes) in ways.items():
                with ProcessPoolExecutor(1, SPAWN) as fresh:
                    seconds[way] += fresh.submit(step_seconds, experiment, threads, processes, steps).result()
    table = Table("way", "s a step", "longest", "x", title=f"{experiment}, {busy} busy")
    alone = statistics.median(seconds["1 thread"])
    for way, taken in seconds.items():
        median = statistics.median(taken)
        table.add_row(way, f"{median:.3f}", f"{max(taken):.3f}", f"{alone / median:.2f}")
    Console(width=100).print(table)


def step_seconds(experiment: str, threads: int, processes: int, steps: int) -> list[float]:
    """Return the seconds of `steps` steps after a first one."""
    settings = load_nas_experiment(experiment)
    routes, split = Routes(space=space_of(settings), proxy=settings.proxy), load_split(settings.data)
    config, parts = shared_training(settings), parts_of(split, ANY_SIZE, CPU)
    supernet = new_supernet(routes, split, 0).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    course = course_over(routes, parts, config, seed=0)
    state, taken = start(supernet, config), []
    batches = stored_batches(parts[0], config, torch.Generator().manual_seed(0))
    with isolated(CPU, threads), gradients_of(supernet, course, processes) as gradients:
        gradients.wait()
        for step, (images, labels) in enumerate(islice(batches, 1 + steps), start=AFTER):
            started = time.perf_counter()
            state.optimizer.zero_grad()
            gradients(course.paths(step), images, labels)
            state.optimizer.step()
            taken.append(time.perf_counter() - started)
    return taken[1:]


@contextmanager
def others(count: int) -> Iterator[None]:
    """Let processes of other programs compute inside."""
    programs = [SPAWN.Process(target=_compute, daemon=True) for _ in range(count)]
    for program in programs:
        program.start()
    yield
    for program in programs:
        program.kill()
        program.join()


def _compute() -> None:
    os.setsid()  # as a program of another terminal
    while True:
        sum(range(10_000))


if __name__ == "__main__":
    main()

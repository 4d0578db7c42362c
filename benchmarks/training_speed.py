"""Images a second of one candidate training under the derived proxy, beside a plain loop and beside the bare step.

(a) our loop; (b) a DataLoader and an optimizer as most people write them; (c) the step alone on one batch that is there
already; (d) on a CPU, the bare step with torch's own gradient of depthwise convolutions; (e) the bare step on pictures
as large as the images, in batches of 64. The ways take turns and medians are shown, in images a CPU second of one
thread, so that other work on the machine counts little; on a GPU in images a second. With `--accuracy`, also the images
and seconds until the validation accuracy is reached that the recipe before reaches (SGD at 0.04, no zero-initialized
branches, no label smoothing, no stride dropped). With `--profile`, the operators that a bare step spends its time in.
It ends after about `--seconds`.
Run `python -m benchmarks.training_speed --accuracy --profile`, or on a GPU
`python -m benchmarks.training_speed --accuracy --profile --device cuda --seconds 80`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import click
import torch
from rich.console import Console
from rich.table import Table
from torch.autograd.profiler_util import FunctionEventAvg
from torch.profiler import ProfilerActivity, profile

from benchmarks.training_times import Times
from benchmarks.training_ways import RANDOM, Recipes, Way, networks, recipes, seconds_of, ways
from trials.data.datasets import Split
from trials.derivation import LARGE_BATCH
from trials.training.equipment import choose_device

SHARE_OF_SPEEDS = 0.4  # of the time, where the time to an accuracy is measured too
LEAST_ROUNDS = 2
PROFILED_STEPS = 5
OPERATORS = 10  # of a profile


@click.command()
@click.option("--data", default="fashion-mnist", show_default=True, help="Data sets, or random: drawn images.")
@click.option("--folder", default="data", show_default=True, type=click.Path(path_type=Path), help="Where they are.")
@click.option("--device", default="cpu", show_default=True, type=click.Choice(["cpu", "cuda"]))
@click.option("--networks", "count", default=6, show_default=True, type=click.IntRange(1, 6))
@click.option("--seconds", default=330.0, show_default=True, help="For all of it, but for reading the images.")
@click.option("--steps", default=6, show_default=True, help="Of each measurement.")
@click.option("--accuracy", is_flag=True, help="Measure the time to an accuracy too.")
@click.option("--seeds", default=3, show_default=True, help="Of the time to an accuracy, where there is time.")
@click.option("--images", default=16_000, show_default=True, help="That the recipe before sees: its accuracy counts.")
@click.option("--profile", "profiled", is_flag=True, help="Show what a bare step of the first network spends.")
def main(
    data: str,
    folder: Path,
    device: str,
    count: int,
    seconds: float,
    steps: int,
    accuracy: bool,
    seeds: int,
    images: int,
    profiled: bool,
) -> None:
    """Print the tables for up to three published and three random networks."""
    names = data.split(",")
    if accuracy and RANDOM in names:
        raise click.UsageError("--accuracy needs a data set: drawn images teach nothing")
    torch.set_num_threads(1)
    chosen, console = choose_device(device), Console(width=120)
    console.print(_machine(chosen), highlight=False)
    for name in names:
        split, known = recipes(name, folder)
        began = time.monotonic()
        share = seconds / len(names)
        speeds = share * (SHARE_OF_SPEEDS if accuracy else 1)
        console.print(_speeds(name, known, split, chosen, count, steps, speeds))
        if profiled:
            console.print(_profile(known, split, chosen))
        if accuracy:
            console.print(f"{name}, time to the accuracy of the recipe before", highlight=False)
            for line in Times(split, known, images, chosen).lines(count, seeds, began + share):
                console.print(line, highlight=False)


def _machine(device: torch.device) -> str:
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU, one thread"
    return f"torch {torch.__version__}, {where}"


def _speeds(
    name: str, known: Recipes, split: Split, device: torch.device, count: int, steps: int, seconds: float
) -> Table:
    heads = ("(a) ours", "(b) plain", "(c) bare", "(d) torch's", "(e) larger", "a/b", "a/c", "c/d", "a/e", "rounds")
    table, images = Table("network", *heads), steps * known.today.training.batch_size
    table.title = f"{name}, batches of {known.today.training.batch_size}: images a second"
    for network, architecture in networks(count).items():
        rounds = list(_rounds(ways(known, architecture, split, device), device, images, seconds / count))
        medians = {way: statistics.median(one[way] for one in rounds) for way in rounds[0]}
        speed = {way: images / median for way, median in medians.items()}
        shown = (f"{speed[way]:,.0f}" if way in speed else "-" for way in "abcde")
        pairs = ((speed.get(over), speed.get(under)) for over, under in ("ab", "ac", "cd", "ae"))
        table.add_row(network, *shown, *(f"{x / y:.2f}" if x and y else "-" for x, y in pairs), str(len(rounds)))
    return table


def _rounds(ways: dict[str, Way], device: torch.device, images: int, seconds: float) -> Iterator[dict[str, float]]:
    """Yield the seconds of `images` by every way, round by round, at least two and until `seconds` are over."""
    began = time.monotonic()
    for way in ways.values():
        way(LARGE_BATCH)
    done = 0
    while done < LEAST_ROUNDS or time.monotonic() - began < seconds * done / (done + 1):
        yield {letter: seconds_of(lambda way=way: way(images), device) for letter, way in ways.items()}  # type: ignore[misc]
        done += 1


def _profile(known: Recipes, split: Split, device: torch.device) -> Table:
    """Return the operators of the first network's bare step, the longest first."""
    (name, architecture), *_ = networks(1).items()
    bare, images = ways(known, architecture, split, device)["c"], known.today.training.batch_size
    bare(2 * images)
    on_gpu = device.type == "cuda"
    with profile(activities=[ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]) as profiled:
        seconds_of(lambda: bare(PROFILED_STEPS * images), device)
    rows = [(row, row.self_device_time_total if on_gpu else row.self_cpu_time_total) for row in _operators(profiled)]
    total = sum(microseconds for _, microseconds in rows) or 1.0
    table = Table("operator", "calls a step", "ms a step", "share")
    table.title = f"{name}, a bare step: {'GPU' if on_gpu else 'CPU'} time by operator"
    for row, microseconds in sorted(rows, key=lambda pair: -pair[1])[:OPERATORS]:
        milliseconds = microseconds / 1e3 / PROFILED_STEPS
        calls = row.count / PROFILED_STEPS
        table.add_row(row.key, f"{calls:.0f}", f"{milliseconds:.2f}", f"{microseconds / total:.0%}")
    return table


def _operators(profiled: profile) -> list[FunctionEventAvg]:
    """Return the operators of a profile without the kernels they start, which are counted with them."""
    return [row for row in profiled.key_averages() if row.device_type.name == "CPU"]


if __name__ == "__main__":
    main()

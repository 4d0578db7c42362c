"""Images a second of one candidate training under the derived proxy, beside a plain loop and beside the bare step.

(a) our loop; (b) a DataLoader and an optimizer as most people write them; (c) the step alone on one batch that is
there already; (d) the bare step with torch's own gradient of depthwise convolutions. CPU seconds of one thread, so that
other work on the machine counts little; the four are interleaved and medians are shown. With `--accuracy`, also the
images and seconds until the validation accuracy is reached, with the recipe of today and with the one before it
(SGD at 0.04, no zero-initialized branches, no label smoothing, no stride dropped).
Run `python -m benchmarks.training_speed`.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import click
import torch
from rich.console import Console
from rich.table import Table
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from search_spaces import depthwise
from search_spaces.architecture import Architecture
from search_spaces.reference import reference
from search_spaces.space_file import load_space
from search_spaces.validation import validated
from trials.data.datasets import Split
from trials.data.facts import data_facts
from trials.derivation import derive
from trials.experiment import DataConfig
from trials.proxy import Proxy, apply_proxy
from trials.training.batches import Part
from trials.training.equipment import build_seeded, load_split
from trials.training.loop import parts_of, train_epoch, validate
from trials.training.state import TrainingState, start
from trials.training_config import TrainingConfig

NAMES = ("efficientnet-b0", "mobilenet-v2", "mnasnet-a1")
CPU = torch.device("cpu")
BEFORE = TrainingConfig(
    epochs=1,
    batch_size=64,
    optimizer="sgd",
    learning_rate=0.04,
    warmup_epochs=0.1,
    label_smoothing=0.0,
    zero_init_residual=False,
)
CHUNK = 2_000  # images between two looks at the accuracy


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A proxy and how it is trained."""

    proxy: Proxy
    training: TrainingConfig

    def begin(self, architecture: Architecture, split: Split, seed: int) -> tuple[TrainingState, Architecture]:
        """Return a new training of the proxy of `architecture`, and that proxy."""
        small = apply_proxy(architecture, self.proxy)
        network = build_seeded(
            small,
            split,
            seed,
            self.proxy.batch_norm_momentum,
            zero_init_residual=self.training.zero_init_residual,
        ).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return start(network, self.training), small


@click.command()
@click.option("--data", default="fashion-mnist,cifar10", show_default=True)
@click.option("--steps", default=20, show_default=True, help="Of each measurement.")
@click.option("--repeats", default=5, show_default=True, help="Interleaved, of which the median counts.")
@click.option("--accuracy", is_flag=True, help="Measure the time to an accuracy too: minutes a network.")
@click.option("--seeds", default=3, show_default=True, help="Of the time to an accuracy.")
@click.option("--images", default=16_000, show_default=True, help="That the recipe before sees: its accuracy counts.")
def main(data: str, steps: int, repeats: int, accuracy: bool, seeds: int, images: int) -> None:
    """Print both tables for three published and three random networks."""
    torch.set_num_threads(1)
    console = Console(width=120)
    for name in data.split(","):
        config, recipe = _recipe(name)
        split = load_split(config)
        console.print(_speeds(name, recipe, split, steps, repeats))
        if accuracy:
            for line in _times(name, recipe, split, seeds, images):
                console.print(line, highlight=False)


def _recipe(name: str) -> tuple[DataConfig, Recipe]:
    """Return what is derived for ImageNet networks that are searched on the images of `name`."""
    facts = data_facts(name, Path("data"))
    settings = derive(facts, (224, 224), load_space("efficientnet").skeleton)
    data = DataConfig(name=name, train_images=45_000, validation_images=5_000)
    return data, Recipe(
        proxy=validated(Proxy, settings["proxy"]), training=validated(TrainingConfig, settings["training"])
    )


def _networks() -> dict[str, Architecture]:
    rng, space = random.Random(2026), load_space("efficientnet")
    drawn = {f"random {i}": space.sample(rng) for i in range(3)}
    return {name: reference(name) for name in NAMES} | drawn


def _speeds(name: str, recipe: Recipe, split: Split, steps: int, repeats: int) -> Table:
    table = Table("network", "(a) ours", "(b) plain", "(c) bare", "(d) torch's", "a/b", "a/c", "c/d", title=name)
    for network, architecture in _networks().items():
        ways = _ways(recipe, architecture, split, steps)
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for repeat in range(repeats + 1):
            for way, work in ways.items():
                taken = _cpu_seconds(work)
                if repeat:
                    seconds[way].append(taken)
        a, b, c, d = (steps * recipe.training.batch_size / statistics.median(seconds[way]) for way in "abcd")
        table.add_row(network, *(f"{v:,.0f}" for v in (a, b, c, d)), *(f"{v:.2f}" for v in (a / b, a / c, c / d)))
    return table


def _ways(recipe: Recipe, architecture: Architecture, split: Split, steps: int) -> dict[str, Callable[[], Any]]:
    state, small = recipe.begin(architecture, split, 0)
    training, _ = parts_of(split, small.input_size, CPU)
    count = steps * recipe.training.batch_size
    some = replace(training, images=training.images[:count], labels=training.labels[:count])
    images, labels = (tensor[: recipe.training.batch_size] for tensor in (some.images, some.labels))
    batch = some.prepare(torch.as_tensor(images))
    loader = DataLoader(
        TensorDataset(torch.as_tensor(some.images), some.labels), recipe.training.batch_size, shuffle=True
    )

    def bare() -> None:
        for _ in range(steps):
            _step(state.network, state.optimizer, batch, labels)

    def torchs() -> None:
        with mock.patch.object(depthwise, "LARGEST_MAP", -1):
            bare()

    return {
        "a": lambda: train_epoch(state, some, recipe.training, 1, 0),
        "b": lambda: _plain(state, loader, some),
        "c": bare,
        "d": torchs,
    }


def _plain(state: TrainingState, loader: DataLoader[tuple[torch.Tensor, ...]], part: Part) -> None:
    """Train as most people write it: floats of every image, torch's default layout, a loss read at every step."""
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (part.mean, part.std))
    for images, labels in loader:
        floats = images.float() / 255
        if floats.shape[-2:] != part.resolution:
            floats = functional.interpolate(floats, size=part.resolution, mode="bilinear", antialias=True)
        _step(state.network, state.optimizer, (floats - mean) / std, labels).item()


def _step(
    network: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    loss = functional.cross_entropy(network(images), labels)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return loss.detach()


def _times(name: str, recipe: Recipe, split: Split, seeds: int, images: int) -> Iterator[str]:
    """Yield, for each network and seed, the CPU seconds of both recipes to the accuracy that the one before reaches."""
    before = Recipe(proxy=replace(recipe.proxy, drop_strides=0), training=BEFORE)
    ratios = []
    for network, architecture in _networks().items():
        for seed in range(seeds):
            with mock.patch.object(depthwise, "LARGEST_MAP", -1):
                target, old = _whole(before, architecture, split, seed, images)
            seen, accuracy, new = _until(recipe, architecture, split, seed, target, images)
            ratios.append(old / new)
            yield (
                f"{name}, {network}, seed {seed}: before {target:.3f} in {old:.1f} s ({images:,} images); "
                f"now {accuracy:.3f} in {new:.1f} s ({seen:,} images): {old / new:.1f}x"
            )
    yield f"{name}: median {statistics.median(ratios):.1f}x, least {min(ratios):.1f}x of {len(ratios)}"


def _whole(recipe: Recipe, architecture: Architecture, split: Split, seed: int, images: int) -> tuple[float, float]:
    """Return the validation accuracy after a schedule of `images`, and the CPU seconds of its steps."""
    state, small = recipe.begin(architecture, split, seed)
    training, validation = parts_of(split, small.input_size, CPU)
    some = replace(training, images=training.images[:images], labels=training.labels[:images])
    seconds = _cpu_seconds(lambda: train_epoch(state, some, replace(recipe.training, epochs=1), 1, seed))
    return validate(state, training, validation, recipe.training)[0], seconds


def _until(
    recipe: Recipe, architecture: Architecture, split: Split, seed: int, target: float, images: int
) -> tuple[int, float, float]:
    """Return images, accuracy and CPU seconds of the shortest schedule, of 2,000 images more each, that reaches it.

    A schedule that decays to zero says nothing before its end, so every length is a training of its own; the seconds
    are those of the one that counts.
    """
    for seen in range(CHUNK, images + 1, CHUNK):
        accuracy, seconds = _whole(recipe, architecture, split, seed, seen)
        if accuracy >= target:
            return seen, accuracy, seconds
    return images, accuracy, seconds


def _cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()

"""What `benchmarks/training_speed.py` times: images, networks, recipes, and four ways to train on them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from search_spaces import depthwise
from search_spaces.architecture import Architecture
from search_spaces.reference import reference
from search_spaces.space_file import load_space
from search_spaces.validation import validated
from trials.data.datasets import Split
from trials.data.facts import DataFacts, data_facts
from trials.derivation import FEW_IMAGES, batch_size, derive, derive_proxy, learning_rate
from trials.experiment import DataConfig
from trials.proxy import Proxy, apply_proxy
from trials.training.batches import Part
from trials.training.equipment import build_seeded, load_split
from trials.training.loop import autocast, parts_of, train_epoch
from trials.training.state import TrainingState, start
from trials.training_config import TrainingConfig

NAMES = ("efficientnet-b0", "mobilenet-v2", "mnasnet-a1")
RANDOM = "random"  # images that are drawn, for machines without a data set
RANDOM_FACTS = DataFacts(
    size=(28, 28), channels=1, num_classes=10, train_images=20_000, test_images=0, smallest_class=2_000
)
BEFORE = TrainingConfig(
    epochs=1,
    batch_size=64,
    optimizer="sgd",
    learning_rate=0.04,
    warmup_epochs=0.1,
    label_smoothing=0.0,
    zero_init_residual=False,
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A proxy and how it is trained."""

    proxy: Proxy
    training: TrainingConfig

    def of_length(self, images: int) -> Recipe:
        """Return the recipe of a training that sees so many images: of few it takes smaller batches."""
        batch = batch_size(images, many=images > FEW_IMAGES)
        return replace(self, training=replace(self.training, batch_size=batch, learning_rate=learning_rate(batch)))

    def begin(
        self,
        architecture: Architecture,
        split: Split,
        seed: int,
        device: torch.device,
        layout: torch.memory_format = torch.channels_last,
    ) -> TrainingState:
        """Return a new training of the proxy of `architecture`, in our memory layout or another."""
        network = build_seeded(
            apply_proxy(architecture, self.proxy),
            split,
            seed,
            self.proxy.batch_norm_momentum,
            zero_init_residual=self.training.zero_init_residual,
        ).to(device=device, memory_format=layout)  # type: ignore[call-overload]
        return start(network, self.training)

    def parts(self, architecture: Architecture, split: Split, device: torch.device) -> tuple[Part, Part]:
        """Return the training and validation part at the resolution of the proxy."""
        return parts_of(split, apply_proxy(architecture, self.proxy).input_size, device)


@dataclass(frozen=True, kw_only=True)
class Recipes:
    """The recipe of today, the same on pictures as large as the images in batches of 64, and the one before both."""

    today: Recipe
    larger: Recipe
    before: Recipe


def recipes(name: str, folder: Path) -> tuple[Split, Recipes]:
    """Return the images of a data set and the recipes to compare on them.

    The proxy is what is derived for ImageNet networks that are searched on these images; before, no stride was dropped.
    """
    facts = RANDOM_FACTS if name == RANDOM else data_facts(name, folder)
    deployed, skeleton = (224, 224), load_space("efficientnet").skeleton
    settings = derive(facts, deployed, skeleton)
    proxy = validated(Proxy, settings["proxy"])
    larger = validated(Proxy, derive_proxy(deployed, min(facts.size), skeleton))
    written = {**settings["data"], "resolution": None, "name": name, "folder": str(folder)}
    split = random_split() if name == RANDOM else load_split(validated(DataConfig, written))
    today = Recipe(proxy=proxy, training=validated(TrainingConfig, {**settings["training"], "epochs": 1}))
    before = Recipe(proxy=replace(larger, drop_strides=0), training=BEFORE)
    return split, Recipes(today=today, larger=replace(today, proxy=larger).of_length(FEW_IMAGES), before=before)


def random_split() -> Split:
    """Return drawn images and labels: they take the time that others take, and teach nothing."""
    generator = torch.Generator().manual_seed(0)
    size = (RANDOM_FACTS.train_images, RANDOM_FACTS.channels, *RANDOM_FACTS.size)
    images = torch.randint(0, 256, size, generator=generator, dtype=torch.uint8)
    labels = torch.randint(0, RANDOM_FACTS.num_classes, size[:1], generator=generator)
    return Split(
        train_images=images[2_000:],
        train_labels=labels[2_000:],
        validation_images=images[:2_000],
        validation_labels=labels[:2_000],
        mean=(0.5,),
        std=(0.29,),
        num_classes=RANDOM_FACTS.num_classes,
    )


def networks(count: int) -> dict[str, Architecture]:
    """Return the first `count` of three published and three random networks, one of each kind in turn."""
    rng, space = random.Random(2026), load_space("efficientnet")
    both = ((name, reference(name), f"random {i}", space.sample(rng)) for i, name in enumerate(NAMES))
    pairs = [pair for a, one, b, other in both for pair in ((a, one), (b, other))]
    return dict(pairs[:count])


Way = Callable[[int], Any]  # trains on a number of images


def ways(known: Recipes, architecture: Architecture, split: Split, device: torch.device) -> dict[str, Way]:
    """Return what is timed by its letter: each trains on a number of images, a multiple of every batch."""
    recipe = known.today
    state = recipe.begin(architecture, split, 0, device)
    plain = replace(recipe, training=BEFORE).begin(architecture, split, 0, device, torch.contiguous_format)
    training, _ = recipe.parts(architecture, split, device)
    bare = _bare(recipe, architecture, split, device)
    timed: dict[str, Way] = {
        "a": lambda count: train_epoch(state, _first(training, count), recipe.training, 1, 0),
        "b": lambda count: _with_torchs_gradient(
            lambda: _plain(plain, _first(training, count), recipe.training.batch_size)
        ),
        "c": bare,
        "e": _bare(known.larger, architecture, split, device),
    }
    if device.type == "cpu":  # elsewhere torch's gradient is ours
        timed["d"] = lambda count: _with_torchs_gradient(lambda: bare(count))
    return timed


def _bare(recipe: Recipe, architecture: Architecture, split: Split, device: torch.device) -> Way:
    """Return the step of a recipe alone, on one batch that is there already."""
    state = recipe.begin(architecture, split, 0, device)
    training, _ = recipe.parts(architecture, split, device)
    size = recipe.training.batch_size
    images, labels = training.fetch(slice(0, size))
    batch = training.prepare(images)

    def bare(count: int) -> None:
        for _ in range(count // size):
            step(state, recipe.training, batch, labels)

    return bare


def step(state: TrainingState, config: TrainingConfig, images: Tensor, labels: Tensor) -> None:
    """Take one step of a recipe and nothing else; images [N, C, H, W] as the network takes them."""
    with autocast(images, config.autocast):
        loss = functional.cross_entropy(state.network(images), labels, label_smoothing=config.label_smoothing)
    state.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    state.optimizer.step()


def _plain(state: TrainingState, part: Part, batch_size: int) -> None:
    """Train as most people write it: floats of every image, torch's default layout, a loss read at every step."""
    loader = DataLoader(TensorDataset(torch.as_tensor(part.images[:]), part.labels), batch_size, shuffle=True)
    mean, std = (torch.tensor(values, device=part.device).view(1, -1, 1, 1) for values in (part.mean, part.std))
    state.network.train()
    for stored, stored_labels in loader:
        images, labels = stored.to(part.device), stored_labels.to(part.device)
        floats = images.float() / 255
        if floats.shape[-2:] != part.resolution:
            floats = functional.interpolate(floats, size=part.resolution, mode="bilinear", antialias=True)
        loss = nn.functional.cross_entropy(state.network((floats - mean) / std), labels)
        state.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimizer.step()
        loss.item()


def _first(part: Part, count: int) -> Part:
    return replace(part, images=part.images[:count], labels=part.labels[:count])


def _with_torchs_gradient(work: Callable[[], Any]) -> None:
    with mock.patch.object(depthwise, "LARGEST_MAP", -1):
        work()


def seconds_of(work: Callable[[], object], device: torch.device) -> float:
    """Return what `work` takes: CPU seconds of this process, or wall-clock seconds until the GPU is idle."""
    if device.type == "cpu":
        started = time.process_time()
        work()
        return time.process_time() - started
    torch.cuda.synchronize(device)
    started = time.perf_counter()
    work()
    torch.cuda.synchronize(device)
    return time.perf_counter() - started

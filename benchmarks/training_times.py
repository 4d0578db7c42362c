"""The time to a fixed accuracy, for `benchmarks/training_speed.py`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from unittest import mock

import torch

from benchmarks.training_ways import Recipe, Recipes, networks, seconds_of
from search_spaces import depthwise
from search_spaces.architecture import Architecture
from trials.data.datasets import Split
from trials.training.loop import train_epoch, validate

SHORTEST = 1_000  # images of the first schedule that is tried
GROWTH = 2**0.5  # of the next one


class Times:
    """Trainings of one data set by the recipe of today and the one before it, on one device."""

    def __init__(self, split: Split, known: Recipes, images: int, device: torch.device) -> None:
        self.split = split
        self.today = known.today
        self.before = known.before
        self.images = min(images, len(split.train_labels))
        self.device = device

    def lines(self, count: int, seeds: int, deadline: float) -> Iterator[str]:
        """Yield a line for each seed and network, and the median; only the first may end after `deadline`."""
        ratios: list[float] = []
        longest = 0.0
        pairs = [(seed, name, network) for seed in range(seeds) for name, network in networks(count).items()]
        for seed, name, network in pairs:
            began = time.monotonic()
            if ratios and began + longest > deadline:
                yield f"  time is up: {len(ratios)} of {len(pairs)} measured"
                break
            line, ratio = self._one(name, network, seed)
            ratios.append(ratio)
            longest = max(longest, time.monotonic() - began)
            yield line
        if ratios:
            yield f"  median {statistics.median(ratios):.1f}x, least {min(ratios):.1f}x of {len(ratios)}"

    def _one(self, name: str, network: Architecture, seed: int) -> tuple[str, float]:
        target, old = self._whole(self.before, network, seed, self.images)
        seen, accuracy, new = self._until(network, seed, target)
        reached = "" if accuracy >= target else ", not reached"
        line = (
            f"  {name}, seed {seed}: before {target:.3f} in {old:.1f} s ({self.images:,} images); "
            f"now {accuracy:.3f} in {new:.1f} s ({seen:,} images): {old / new:.1f}x{reached}"
        )
        return line, old / new

    def _until(self, network: Architecture, seed: int, target: float) -> tuple[int, float, float]:
        """Return images, accuracy and seconds of the shortest schedule that reaches the accuracy `target`.

        A schedule that decays to zero says nothing before its end, so every length is a training of its own; the
        seconds are those of the one that counts. Each is longer than the one before by a factor of 1.41.
        """
        seen = min(SHORTEST, self.images)
        while True:
            accuracy, seconds = self._whole(self.today.of_length(seen), network, seed, seen)
            if accuracy >= target or seen == self.images:
                return seen, accuracy, seconds
            seen = min(round(seen * GROWTH), self.images)

    def _whole(self, recipe: Recipe, network: Architecture, seed: int, images: int) -> tuple[float, float]:
        """Return the validation accuracy after a schedule of `images`, and the seconds of its steps."""
        state = recipe.begin(network, self.split, seed, self.device)
        training, validation = recipe.parts(network, self.split, self.device)
        some = replace(training, images=training.images[:images], labels=training.labels[:images])
        as_before = mock.patch.object(depthwise, "LARGEST_MAP", -1) if recipe is self.before else nullcontext()
        with as_before:
            seconds = seconds_of(lambda: train_epoch(state, some, recipe.training, 1, seed), self.device)
        return validate(state, training, validation, recipe.training)[0], seconds

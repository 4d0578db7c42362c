"""A process that computes some of a step's gradients: what it is sent once, and what for every step."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trials.objectives.shared.gradients import Batch, backward, forward
from trials.objectives.shared.layout import layout_of
from trials.objectives.shared.memory import Places, mapped
from trials.objectives.shared.routes import Path, Routes
from trials.objectives.shared.supernet import Supernet, build_supernet
from trials.training.batches import Part
from trials.training.isolation import keep_freed_memory
from trials.training_config import TrainingConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Some of a step's networks, each with the row that its gradients go to, and the batch as stored."""

    paths: dict[int, Path]
    images: NDArray[np.uint8]  # [N, C, H, W]
    labels: NDArray[np.int64]  # [N]


@dataclass(frozen=True, kw_only=True)
class Helper:
    """Compute gradients at weights, and into rows, that lie in memory shared with the process that trains.

    `memory` is a descriptor of 1 + `rows` rows of floats: a copy of the weights, then a step's gradients by network.
    """

    memory: int
    rows: int
    places: Places
    routes: Routes
    in_channels: int
    num_classes: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    config: TrainingConfig

    def prepare(self) -> None:
        """Build the supernet around the weights, in a process of its own: torch has one thread there."""
        torch.set_num_threads(1)
        keep_freed_memory()
        _ = self.supernet

    def __call__(self, share: Share, _report: Callable[[int, float], None]) -> dict[str, Any]:
        """Leave the gradients in their rows; return by row the loss, and which of the weights have gradients."""
        images, labels = torch.from_numpy(share.images), torch.from_numpy(share.labels)
        part = Part(images=images, labels=labels, mean=self.mean, std=self.std, resolution=(1, 1), device=images.device)
        batch = Batch(part=part, images=images, labels=labels)
        losses = ((row, forward(self.supernet, path, batch, self.config)) for row, path in share.paths.items())
        return {str(row): self.fill(row, loss, self.supernet) for row, loss in losses}

    def fill(self, row: int, loss: torch.Tensor, supernet: Supernet) -> tuple[float, list[int]]:
        """Write the gradients of a loss to a row; return the loss and the places of the weights that have some."""
        supernet.zero_grad()
        value = float(backward(loss))
        used = []
        gradients = self.places.views(self.floats[1 + row])
        for place, (weight, gradient) in enumerate(zip(supernet.parameters(), gradients, strict=True)):
            if weight.grad is None:
                gradient.zero_()
            else:
                gradient.copy_(weight.grad)
                used.append(place)
        supernet.zero_grad()
        return value, used

    @functools.cached_property
    def floats(self) -> torch.Tensor:
        """The shared memory, [1 + rows, floats of all weights]."""
        floats = self.places.floats
        return mapped(self.memory, (1 + self.rows) * floats).view(1 + self.rows, floats)

    @functools.cached_property
    def supernet(self) -> Supernet:
        """The supernet whose weights are the shared ones."""
        supernet = build_supernet(
            layout_of(self.routes.space, self.routes.proxy),
            in_channels=self.in_channels,
            num_classes=self.num_classes,
            activation=self.routes.space.skeleton.activation,
        ).to_empty(device="cpu")
        for weight, copy in zip(supernet.parameters(), self.places.views(self.floats[0]), strict=True):
            weight.data = copy
        return supernet.train()

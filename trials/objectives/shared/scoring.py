"""A network judged by its path through a trained supernet: accuracy and loss on the validation part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from search_spaces.errors import InvalidInput
from trials.objectives.shared.routes import Path
from trials.objectives.shared.supernet import Supernet
from trials.training.batches import Part
from trials.training.loop import accuracy_and_loss
from trials.training_config import Autocast

LARGEST_BATCH = 256
ANY_SIZE = (1, 1)  # every path brings its own resolution
LEAST_IMAGES = 2  # one image has no variance


def threads_within(device: torch.device, threads: int | None) -> int | None:
    """Return the threads of torch while weights are shared: one on a CPU, so that numbers are equal with any `threads`.

    More gain a fifth at the most in layers this small, and beside other programs they take many times as long.
    """
    return 1 if device.type == "cpu" else threads


def score(supernet: Supernet, path: Path, part: Part, autocast_mode: Autocast = "auto") -> tuple[float, float]:
    """Return accuracy in [0, 1] and mean cross-entropy (in nats) of one network over all images of `part`.

    Batch norms take the statistics of the batch, so the batches are always the same: mixed, and about equally large.
    """
    part = replace(part, resolution=path.architecture.input_size)
    return accuracy_and_loss(lambda images: supernet(images, path), mixed_batches(part), part.device, autocast_mode)


def mixed_batches(part: Part) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all images [N, C, H, W] and labels [N] in a fixed random order: as stored, classes may lie together."""
    if len(part) < LEAST_IMAGES:
        raise InvalidInput("data.validation_images", len(part), "at least 2 with objective.name: shared")
    order = torch.randperm(len(part), generator=torch.Generator().manual_seed(0))
    for places in order.chunk(-(-len(part) // LARGEST_BATCH)):
        images, labels = part.fetch(places)
        yield part.prepare(images), labels

"""One part of a split as batches on the device, ready for a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from trials.data.selection import Selection
from trials.training.augmentation import augment, prepare
from trials.training_config import TrainingConfig

LARGEST_SHARE_OF_DEVICE = 0.25


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """Images uint8 [N, C, H, W] and labels int64 [N], and how they are brought to a network.

    `mean` and `std` are per channel in units of 0..1; `resolution` is (height, width) in pixels.
    """

    images: Tensor | Selection
    labels: Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resolution: tuple[int, int]
    device: torch.device

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def on_device(self) -> Part:
        """Return the same part with its images on the device, where they fit into a quarter of its free memory."""
        if self.device.type != "cuda":
            return self
        free, _ = torch.cuda.mem_get_info(self.device)
        if self.images.nbytes > LARGEST_SHARE_OF_DEVICE * free:
            return self
        return Part(
            images=self.images.to(self.device),
            labels=self.labels.to(self.device),
            mean=self.mean,
            std=self.std,
            resolution=self.resolution,
            device=self.device,
        )

    def fetch(self, places: Tensor | slice) -> tuple[Tensor, Tensor]:
        """Return the stored images uint8 and labels at `places`, on the device."""
        if isinstance(places, Tensor):
            places = places.to(self.images.device)
        return self.images[places].to(self.device), self.labels[places].to(self.device)

    def prepare(self, images: Tensor) -> Tensor:
        """Return stored images as the network takes them: float [N, C, *resolution], channels last."""
        prepared = prepare(images, self.resolution, self.mean, self.std)
        return prepared.contiguous(memory_format=torch.channels_last)


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Return the number of whole batches; what is left over waits for another epoch's order. At least 1."""
    return max(1, images // batch_size)


def shuffled_batches(part: Part, config: TrainingConfig, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the augmented batches [N, C, H, W] and labels [N] of one epoch, in an order drawn from `generator`."""
    for images, labels in stored_batches(part, config, generator):
        yield part.prepare(images), labels


def stored_batches(part: Part, config: TrainingConfig, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the same batches as stored: augmented, but uint8 and not yet of the size that a network takes."""
    size = min(config.batch_size, len(part))
    order = torch.randperm(len(part), generator=generator)
    for step in range(steps_per_epoch(len(part), size)):
        images, labels = part.fetch(order[step * size : (step + 1) * size])
        yield augment(images, generator, config.flip, config.crop_padding, config.cutout), labels


def ordered_batches(part: Part, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all images [N, C, H, W] and labels [N] as they stand, the last batch being what is left."""
    for start in range(0, len(part), batch_size):
        images, labels = part.fetch(slice(start, start + batch_size))
        yield part.prepare(images), labels

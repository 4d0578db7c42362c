"""A network and a data set small enough to train in milliseconds, with everything a training has to handle."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trials.data.datasets import Split

CPU = torch.device("cpu")
RESOLUTION = (8, 8)


class RandomNet(nn.Sequential):
    """Convolution, batch norm, dropout, classifier: [N, 1, H, W] -> [N, 4]."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.SiLU(),
            nn.Conv2d(8, 8, 3, padding=1, groups=8),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(32, 4),
        )


def tiny_network(seed: int = 0) -> RandomNet:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return RandomNet()


def tiny_split(train: int = 70, validation: int = 30, seed: int = 0) -> Split:
    """Noise with one bright quarter; the label says which."""
    images, labels = quarters(train + validation, torch.Generator().manual_seed(seed))
    return Split(
        train_images=images[:train],
        train_labels=labels[:train],
        validation_images=images[train:],
        validation_labels=labels[train:],
        mean=(0.4,),
        std=(0.2,),
        num_classes=4,
    )


def quarters(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    labels = torch.randint(4, (count,), generator=generator)
    images = torch.randint(120, (count, 1, 8, 8), generator=generator, dtype=torch.uint8)
    for image, label in zip(images, labels.tolist(), strict=True):
        row, column = 4 * (label // 2), 4 * (label % 2)
        image[:, row : row + 4, column : column + 4] += 100
    return images, labels

from __future__ import annotations

import torch

from tests.trials.tiny import CPU, tiny_split
from trials.training.batches import Part, ordered_batches, shuffled_batches, steps_per_epoch
from trials.training_config import TrainingConfig


def counted(count: int, resolution: tuple[int, int] = (2, 2)) -> Part:
    """Images whose every pixel is their number."""
    labels = torch.arange(count)
    images = labels.to(torch.uint8).view(-1, 1, 1, 1).expand(count, 1, 2, 2)
    return Part(images=images, labels=labels, mean=(0.0,), std=(1 / 255,), resolution=resolution, device=CPU)


def test_an_epoch_shows_whole_batches_of_different_images() -> None:
    config = TrainingConfig(batch_size=8)
    batches = list(shuffled_batches(counted(50), config, torch.Generator().manual_seed(0)))
    labels = torch.cat([label for _, label in batches])
    assert [len(label) for _, label in batches] == [8] * steps_per_epoch(50, 8) == [8] * 6
    assert len(labels.unique()) == 48
    assert labels.tolist() != sorted(labels.tolist())
    for images, label in batches:
        assert torch.allclose(images[:, 0, 0, 0], label.float(), atol=1e-4)


def test_a_set_smaller_than_a_batch_is_one_batch() -> None:
    batches = list(shuffled_batches(counted(5), TrainingConfig(batch_size=64), torch.Generator()))
    assert [len(label) for _, label in batches] == [5]
    assert steps_per_epoch(5, 64) == 1


def test_the_generator_decides_the_order() -> None:
    def order(seed: int) -> list[int]:
        part = counted(30)
        batches = shuffled_batches(part, TrainingConfig(batch_size=10), torch.Generator().manual_seed(seed))
        return [int(label) for _, labels in batches for label in labels]

    assert order(3) == order(3) != order(4)


def test_validation_sees_every_image_once_unchanged() -> None:
    labels = torch.cat([label for _, label in ordered_batches(counted(50), 8)])
    assert labels.tolist() == list(range(50))


def test_images_come_at_the_resolution_and_channels_last() -> None:
    split = tiny_split()
    part = Part(
        images=split.train_images.expand(-1, 3, -1, -1),
        labels=split.train_labels,
        mean=(0.4,) * 3,
        std=(0.2,) * 3,
        resolution=(12, 10),
        device=CPU,
    )
    images, _ = next(ordered_batches(part, 16))
    assert images.shape == (16, 3, 12, 10)
    assert images.is_contiguous(memory_format=torch.channels_last)

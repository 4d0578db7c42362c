"""Whole batches prepared and augmented as tensors on the device they are on; no image is touched by itself."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)


def prepare(
    images: torch.Tensor, resolution: tuple[int, int], mean: tuple[float, ...], std: tuple[float, ...]
) -> torch.Tensor:
    """Return uint8 images [N, C, H, W] as normalized floats of the given (height, width).

    `mean` and `std` are per channel in units of 0..1. Bilinear with antialiasing, and only where the size changes.
    """
    scale = torch.tensor([1 / (255 * s) for s in std], device=images.device).view(1, -1, 1, 1)
    shift = torch.tensor([-m / s for m, s in zip(mean, std, strict=True)], device=images.device).view(1, -1, 1, 1)
    floats = images.to(torch.float32)
    if tuple(images.shape[-2:]) != tuple(resolution):
        floats = F.interpolate(floats, size=resolution, mode="bilinear", antialias=True, align_corners=False)
    return floats.mul_(scale).add_(shift)


def augment(
    images: torch.Tensor, generator: torch.Generator, flip: bool, crop_padding: int, cutout: int = 0
) -> torch.Tensor:
    """Return images [N, C, H, W] of any dtype, each cropped at random out of a border of zeros and mirrored or not.

    Augment the uint8 batch, then prepare it: that moves a quarter of the memory. `cutout` is the side in pixels of
    a square set to zero (https://arxiv.org/abs/1708.04552), 0 for none. Numbers are drawn on the generator's device,
    so one CPU generator gives the same augmentation everywhere.
    """
    if flip or crop_padding:
        images = crop_and_flip(images, generator, flip, crop_padding)
    return cut_squares(images, generator, cutout) if cutout else images


def crop_and_flip(images: torch.Tensor, generator: torch.Generator, flip: bool, crop_padding: int) -> torch.Tensor:
    """Gather every output pixel of the batch from its place in the padded input, in one step."""
    count, channels, height, width = images.shape
    padded = F.pad(images, [crop_padding] * 4)
    padded_width = padded.shape[-1]
    rows = torch.arange(height, device=images.device) + offsets(count, crop_padding, generator, images.device)
    columns = torch.arange(width, device=images.device).expand(count, width)
    if flip:
        mirrored = (torch.rand(count, 1, generator=generator, device=generator.device) < 0.5).to(images.device)
        columns = torch.where(mirrored, columns.flip(1), columns)
    columns = columns + offsets(count, crop_padding, generator, images.device)
    places = (rows[:, :, None] * padded_width + columns[:, None, :]).view(count, 1, -1)  # [N, 1, H * W]
    pixels = padded.flatten(2).gather(2, places.expand(count, channels, -1))
    return pixels.view(count, channels, height, width)


def offsets(count: int, crop_padding: int, generator: torch.Generator, device: torch.device) -> torch.Tensor:
    """Draw [N, 1] integers from 0 to twice the padding."""
    drawn = torch.randint(2 * crop_padding + 1, (count, 1), generator=generator, device=generator.device)
    return drawn.to(device)


def cut_squares(images: torch.Tensor, generator: torch.Generator, side: int) -> torch.Tensor:
    """Set one square per image to zero, its centre anywhere in the image."""
    count, _, height, width = images.shape
    inside = []
    for length in (height, width):
        centre = torch.randint(length, (count, 1), generator=generator, device=generator.device).to(images.device)
        distance = torch.arange(length, device=images.device) - centre + side // 2  # [N, length]
        inside.append((distance >= 0) & (distance < side))
    rows, columns = inside
    return images.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0)

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from PIL import Image

from trials.training.augmentation import augment, prepare


def numbered(count: int, channels: int, height: int, width: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(1, 256, (count, channels, height, width), dtype=torch.uint8, generator=generator)


def test_prepared_images_have_mean_0_and_deviation_1() -> None:
    images = numbered(64, 3, 8, 10)
    share = images.double() / 255
    mean, std = share.mean((0, 2, 3)), share.std((0, 2, 3), correction=0)
    prepared = prepare(images, (8, 10), tuple(mean.tolist()), tuple(std.tolist()))
    torch.testing.assert_close(prepared, ((share - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)).float())


def test_resizing_agrees_with_pillow() -> None:
    images = numbered(3, 1, 20, 24)
    for height, width in ((13, 17), (40, 31)):
        prepared = prepare(images, (height, width), (0.0,), (1.0,)) * 255
        for image, ours in zip(images, prepared, strict=True):
            theirs = Image.fromarray(image[0].numpy()).resize((width, height), Image.Resampling.BILINEAR)
            assert np.abs(ours[0].numpy() - np.asarray(theirs)).max() < 1.01  # Pillow rounds twice, we never do


def all_crops(image: torch.Tensor, padding: int) -> list[torch.Tensor]:
    height, width = image.shape[-2:]
    padded = F.pad(image, [padding] * 4)
    steps = range(2 * padding + 1)
    crops = [padded[:, y : y + height, x : x + width] for y in steps for x in steps]
    return [*crops, *(crop.flip(2) for crop in crops)]


def test_every_augmented_image_is_one_of_the_possible_crops() -> None:
    images = numbered(200, 2, 5, 7)
    augmented = augment(images, torch.Generator().manual_seed(1), flip=True, crop_padding=2)
    chosen = []
    for image, result in zip(images, augmented, strict=True):
        matches = [index for index, crop in enumerate(all_crops(image, 2)) if torch.equal(crop, result)]
        assert len(matches) == 1
        chosen.append(matches[0])
    assert len(set(chosen)) > 40  # of 25 crops, mirrored or not
    assert 70 < sum(choice >= 25 for choice in chosen) < 130


def test_flip_alone_and_crop_alone() -> None:
    images = numbered(100, 1, 4, 6)
    flipped = augment(images, torch.Generator().manual_seed(2), flip=True, crop_padding=0)
    same = [torch.equal(a, b) for a, b in zip(images, flipped, strict=True)]
    mirrored = [torch.equal(a.flip(2), b) for a, b in zip(images, flipped, strict=True)]
    assert all(a != b for a, b in zip(same, mirrored, strict=True))
    assert 25 < sum(mirrored) < 75
    cropped = augment(images, torch.Generator().manual_seed(2), flip=False, crop_padding=1)
    crops = [all_crops(image, 1)[:9] for image in images]
    assert all(any(torch.equal(c, r) for c in cs) for cs, r in zip(crops, cropped, strict=True))


def test_nothing_asked_for_changes_nothing() -> None:
    images = numbered(4, 3, 5, 5)
    generator = torch.Generator().manual_seed(0)
    assert torch.equal(augment(images, generator, flip=False, crop_padding=0), images)


def test_the_generator_decides_and_the_type_does_not_matter() -> None:
    images = numbered(16, 3, 8, 8)
    first, again, other = (
        augment(images, torch.Generator().manual_seed(s), flip=True, crop_padding=2, cutout=3) for s in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    floats = augment(images.float(), torch.Generator().manual_seed(5), flip=True, crop_padding=2, cutout=3)
    assert torch.equal(floats, first.float())


def test_cutout_clears_one_square() -> None:
    images = numbered(300, 2, 9, 9)
    cleared = augment(images, torch.Generator().manual_seed(3), flip=False, crop_padding=0, cutout=4) == 0
    assert torch.equal(cleared[:, 0], cleared[:, 1])
    areas = cleared[:, 0].sum((1, 2))
    assert areas.max() == 16
    assert areas.min() >= 4  # the centre is inside, so at least a quarter of the square is
    rows, columns = cleared[:, 0].any(2).sum(1), cleared[:, 0].any(1).sum(1)
    assert torch.equal(rows * columns, areas)

"""The data sets by name, and the split of a training set into a training and a validation part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from search_spaces.errors import InvalidInput
from trials.data.array_cache import Arrays
from trials.data.content import data_content
from trials.data.folder import FolderData, load_folder
from trials.data.listing import Size
from trials.data.npz import npz_arrays
from trials.data.published import CIFAR10, FASHION_MNIST, published_arrays
from trials.data.selection import Selection

DIGITS_TEST_IMAGES = 360
DIGITS_HIGHEST_VALUE = 16
STATISTICS_CHUNK = 4096


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DataSet:
    """Images uint8 [N, C, H, W] (read-only memory maps as a rule) and labels int64 [N] from 0 without gaps."""

    name: str
    train_images: np.ndarray[Any, Any]
    train_labels: np.ndarray[Any, Any]
    test_images: np.ndarray[Any, Any]
    test_labels: np.ndarray[Any, Any]
    num_classes: int
    classes: tuple[str, ...] | None = None  # their names, where the data set has them
    skipped: tuple[str, ...] = ()  # broken files that were left out
    content: str | None = None  # digest of a user's own data, see `trials.data.content`

    @property
    def channels(self) -> int:
        """Return the number of channels, 1 for grey and 3 for colour."""
        return int(self.train_images.shape[1])

    @property
    def resolution(self) -> tuple[int, int]:
        """Return (height, width) in pixels."""
        return int(self.train_images.shape[2]), int(self.train_images.shape[3])


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Split:
    """A training and a validation part: images uint8 [N, C, H, W], labels int64 [N].

    `mean` and `std` are per channel, in units of 0..1, of the training part alone.
    """

    train_images: torch.Tensor | Selection
    train_labels: torch.Tensor
    validation_images: torch.Tensor | Selection
    validation_labels: torch.Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    num_classes: int
    content: str | None = None


def load_data(name: str, folder: Path, *, resolution: Size | None = None, skip_broken: bool = False) -> DataSet:
    """Return a data set: `digits`, `fashion-mnist`, `cifar10`, `folder:PATH?resolution=64` or `npz:PATH`.

    What has to be fetched or decoded is kept in `folder` and only opened the next time. `resolution` (height, width in
    pixels) and `skip_broken` are for folders of images, which are stored at that size, broken ones left out.
    Raises InvalidInput for an unknown name and for data that cannot be had or read.
    """
    kind, colon, path = name.partition(":")
    if colon and kind in PATH_KINDS:
        found = load_path(kind, path, folder, resolution, skip_broken)
    elif name in LOADERS:
        found = FolderData(arrays=LOADERS[name](folder), classes=CLASS_NAMES.get(name, ()))
    else:
        raise InvalidInput("data.name", name, [*LOADERS, *(f"{kind}:PATH" for kind in PATH_KINDS)])
    return DataSet(
        name=name,
        num_classes=int(found.arrays["train_labels"].max()) + 1,
        classes=found.classes or None,
        skipped=found.skipped,
        content=found.content,
        **found.arrays,
    )


def load_path(kind: str, path: str, folder: Path, resolution: Size | None, skip_broken: bool) -> FolderData:
    """Return a user's own data set; a path that cannot be read is InvalidInput too."""
    if not path:
        raise InvalidInput("data.name", f"{kind}:", f"{kind}:PATH")
    try:
        expanded = str(Path(path).expanduser())
        if kind == "folder":
            return load_folder(expanded, folder, resolution=resolution, skip_broken=skip_broken)
        arrays = npz_arrays(expanded, folder)
        return FolderData(arrays=arrays, classes=(), content=data_content(f"npz:{expanded}", folder))
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput("data.name", f"{kind}:{path}", f"a path that can be read ({reason})") from error


def load_digits(_folder: Path) -> Arrays:
    """Return scikit-learn's 1,797 digits of 8 x 8, the values 0..16 stretched to 0..255."""
    from sklearn.datasets import load_digits as load_bunch

    bunch = load_bunch()
    images = np.rint(bunch.images * (255 / DIGITS_HIGHEST_VALUE)).astype(np.uint8)[:, None]
    labels = bunch.target.astype(np.int64)
    order = stratified_order(labels, seed=0)
    test, train = order[:DIGITS_TEST_IMAGES], order[DIGITS_TEST_IMAGES:]
    return {
        "train_images": images[train],
        "train_labels": labels[train],
        "test_images": images[test],
        "test_labels": labels[test],
    }


def load_fashion_mnist(folder: Path) -> Arrays:
    """Return Fashion-MNIST, 60,000 + 10,000 images of 1 x 28 x 28."""
    return published_arrays(FASHION_MNIST, folder)


def load_cifar10(folder: Path) -> Arrays:
    """Return CIFAR-10, 50,000 + 10,000 images of 3 x 32 x 32."""
    return published_arrays(CIFAR10, folder)


LOADERS: dict[str, Callable[[Path], Arrays]] = {
    "digits": load_digits,
    "fashion-mnist": load_fashion_mnist,
    "cifar10": load_cifar10,
}
PATH_KINDS = ("folder", "npz")
CLASS_NAMES: dict[str, tuple[str, ...]] = {
    "fashion-mnist": (
        *("T-shirt/top", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
}


def split_validation(data: DataSet, *, train_images: int | None, validation_images: int, seed: int) -> Split:
    """Split the training set by seed into a training and a validation part, both stratified by class.

    The validation part does not depend on `train_images`, and a smaller training part is contained in a larger one
    (None: all the rest). The first images of either part are stratified too, so a prefix is a fair sample.
    Raises InvalidInput naming `data.train_images` or `data.validation_images` where too many are asked for.
    """
    total = len(data.train_labels)
    if not 0 < validation_images < total:
        raise InvalidInput("data.validation_images", validation_images, f"1 to {total - 1} of {data.name}")
    rest = total - validation_images
    if train_images is not None and not 0 < train_images <= rest:
        accepted = f"1 to {rest} beside {validation_images} validation images of {data.name}"
        raise InvalidInput("data.train_images", train_images, accepted)
    order = stratified_order(data.train_labels, seed)
    validation = order[:validation_images]
    train = order[validation_images:][:train_images]
    images = Selection(data.train_images, train)
    mean, std = channel_statistics(images)
    return Split(
        train_images=images,
        train_labels=torch.from_numpy(data.train_labels[train]),
        validation_images=Selection(data.train_images, validation),
        validation_labels=torch.from_numpy(data.train_labels[validation]),
        mean=mean,
        std=std,
        num_classes=data.num_classes,
        content=data.content,
    )


def stratified_order(labels: np.ndarray[Any, Any], seed: int) -> np.ndarray[Any, Any]:
    """Return a random order [N] of the indices in which every prefix holds each class in proportion, within one.

    Within its class an image has a random rank r of n; images are ordered by (r + 1/2) / n. The raw stream of PCG64
    is used because numpy keeps that one the same for ever.
    """
    keys = np.random.PCG64(seed).random_raw(len(labels))
    position = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        ranks = np.argsort(np.argsort(keys[members], kind="stable"), kind="stable")
        position[members] = (ranks + 0.5) / len(members)
    return np.lexsort((keys, position))


def channel_statistics(images: torch.Tensor | Selection) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation per channel of uint8 images [N, C, H, W], in units of 0..1."""
    counts = torch.zeros(images.shape[1], 256, dtype=torch.float64)
    for start in range(0, len(images), STATISTICS_CHUNK):
        chunk = images[start : start + STATISTICS_CHUNK]
        for channel in range(images.shape[1]):
            counts[channel] += torch.bincount(chunk[:, channel].flatten(), minlength=256)
    values = torch.arange(256, dtype=torch.float64) / 255
    share = counts / counts.sum(dim=1, keepdim=True)
    mean = share @ values
    variance = (share * (values - mean[:, None]) ** 2).sum(dim=1)
    # A channel that is constant would be divided by 0; by 1 it becomes 0 everywhere.
    std = torch.where(variance > 0, variance.sqrt(), torch.ones_like(variance))
    return tuple(mean.tolist()), tuple(std.tolist())

"""Images in, classes with confidences out, by the weights of `nas train`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from search_spaces.errors import InvalidInput
from search_spaces.network import Network
from search_spaces.weights import WEIGHTS, Expects, load_trained
from trials.data.image_decoding import decode_image
from trials.data.listing import IMAGE_SUFFIXES
from trials.training.augmentation import prepare

BATCH = 64
LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601, as Pillow turns colour to grey


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A trained network and what it expects of its images."""

    network: Network
    expects: Expects

    def name_of(self, label: int) -> str:
        """Return the name of a class, or its number where the data set has no names."""
        return self.expects.classes[label] if self.expects.classes else str(label)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """The likeliest classes of one image, with confidences in [0, 1] (softmax), best first."""

    file: Path
    classes: tuple[tuple[str, float], ...]


def read_network(weights: Path) -> Trained:
    """Return the network of a folder that `nas train` wrote, or of the weights file in it. Raises InvalidInput."""
    network, expects = load_trained(weights.parent if weights.name == WEIGHTS else weights)
    return Trained(network=network, expects=expects)


def image_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that were named and the image files below the folders that were, sorted by name.

    Raises InvalidInput for a path that is not there and where there is no image at all.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(file for file in path.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidInput("images", str(path), "an image file or a folder of them")
    if not files:
        raise InvalidInput("images", ", ".join(map(str, paths)), f"at least one image ({', '.join(IMAGE_SUFFIXES)})")
    return files


def predictions(trained: Trained, files: Sequence[Path], top: int) -> Iterator[Prediction]:
    """Yield the `top` likeliest classes of every image, in order. Raises InvalidInput for what is no image."""
    remaining = iter(files)
    while batch := list(islice(remaining, BATCH)):
        logits = answers(trained, batch)  # [N, classes]
        confidences, labels = logits.softmax(1).topk(min(top, logits.shape[1]))
        for file, row, ranked in zip(batch, confidences.tolist(), labels.tolist(), strict=True):
            named = tuple((trained.name_of(label), value) for label, value in zip(ranked, row, strict=True))
            yield Prediction(file=file, classes=named)


@torch.inference_mode()
def answers(trained: Trained, files: Sequence[Path]) -> torch.Tensor:
    """Return the logits [N, classes] for image files, each resized to cover the network's input and cropped."""
    expects = trained.expects
    images = np.stack([read_image(file, expects) for file in files])
    inputs = prepare(torch.from_numpy(images), expects.resolution, expects.mean, expects.std)
    return trained.network(inputs)  # type: ignore[no-any-return]


def read_image(file: Path, expects: Expects) -> np.ndarray[Any, Any]:
    """Return an image as uint8 [C, H, W] with the channels that the network takes, grey for one channel."""
    image = decode_image(file, expects.resolution)
    if expects.in_channels == 1:
        return np.rint(np.tensordot(LUMINANCE, image.astype(np.float32), 1)).astype(np.uint8)[None]
    if expects.in_channels != 3:
        raise InvalidInput("weights", f"{expects.in_channels} channels", "weights for images of 1 or 3 channels")
    return image

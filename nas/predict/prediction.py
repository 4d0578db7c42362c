"""Images in, classes with confidences out, by the weights of `nas train`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from search_spaces.network import Network
from search_spaces.weights import WEIGHTS, Expects, load_trained
from trials.data.image_files import read_image
from trials.training.augmentation import prepare

BATCH = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A trained network and what it expects of its images."""

    network: Network
    expects: Expects


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """The likeliest classes of one image, with confidences in [0, 1] (softmax), best first."""

    file: Path
    classes: tuple[tuple[str, float], ...]


def read_network(weights: Path) -> Trained:
    """Return the network of a folder that `nas train` wrote, or of the weights file in it. Raises InvalidInput."""
    network, expects = load_trained(weights.parent if weights.name == WEIGHTS else weights)
    return Trained(network=network, expects=expects)


def predictions(trained: Trained, files: Sequence[Path], top: int) -> Iterator[Prediction]:
    """Yield the `top` likeliest classes of every image, in order. Raises InvalidInput for what is no image."""
    remaining = iter(files)
    while batch := list(islice(remaining, BATCH)):
        logits = answers(trained, batch)  # [N, classes]
        confidences, labels = logits.softmax(1).topk(min(top, logits.shape[1]))
        for file, row, ranked in zip(batch, confidences.tolist(), labels.tolist(), strict=True):
            named = tuple((trained.expects.name_of(label), value) for label, value in zip(ranked, row, strict=True))
            yield Prediction(file=file, classes=named)


@torch.inference_mode()
def answers(trained: Trained, files: Sequence[Path]) -> torch.Tensor:
    """Return the logits [N, classes] for image files, each resized to cover the network's input and cropped."""
    expects = trained.expects
    images = np.stack([read_image(file, expects.resolution, expects.in_channels) for file in files])
    inputs = prepare(torch.from_numpy(images), expects.resolution, expects.mean, expects.std)
    return trained.network(inputs)  # type: ignore[no-any-return]

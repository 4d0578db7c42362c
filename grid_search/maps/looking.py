"""What each network answers on each picture, where it looks, and how much of that is on the object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grid_search.maps.gradcam import class_maps, enlarged, layer_after
from grid_search.maps.objects import Mask
from grid_search.maps.pictures import Pictures
from grid_search.maps.trained import Subject
from trials.training.augmentation import prepare
from trials.training.isolation import isolated

BATCH = 32
Heat = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Look:
    """One network on one picture: its answer, with confidence in [0, 1], and its map [H, W] for that answer.

    `inside` is the share of the map on the object, in [0, 1]; None without an object, and for a map that is empty.
    """

    answer: str
    label: int
    confidence: float
    heat: Heat
    inside: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """How maps are taken: after which stage (from 0), at which size they are compared, where they are computed."""

    stage: int
    size: tuple[int, int]
    device: torch.device
    threads: int


def look(subject: Subject, pictures: Pictures, masks: Sequence[Mask | None], view: View) -> Iterator[Look]:
    """Yield what a network makes of each picture, in order; `masks` [H, W] of the view's size tell the objects."""
    network = subject.network.to(view.device).eval()
    layer = layer_after(network, view.stage)
    for start in range(0, len(pictures.names), BATCH):
        places = range(start, min(start + BATCH, len(pictures.names)))
        with isolated(view.device, view.threads):
            inputs = _prepared(subject, pictures, places).to(view.device)
            with torch.no_grad():
                confidences, labels = network(inputs).softmax(1).max(1)
            heats = enlarged(class_maps(network, layer, inputs, labels), view.size).cpu().numpy()
        for place, label, confidence, heat in zip(places, labels.tolist(), confidences.tolist(), heats, strict=True):
            yield Look(
                answer=subject.expects.name_of(label),
                label=label,
                confidence=confidence,
                heat=heat,
                inside=share_inside(heat, masks[place]),
            )


def share_inside(heat: Heat, mask: Mask | None) -> float | None:
    """Return the share of a map that lies on an object; None without one, and where the map is 0 everywhere.

    >>> share_inside(np.array([[3.0, 1.0]], dtype=np.float32), np.array([[True, False]]))
    0.75
    """
    whole = float(heat.sum(dtype=np.float64))
    if mask is None or not whole > 0:
        return None
    return float(heat[mask].sum(dtype=np.float64)) / whole


def _prepared(subject: Subject, pictures: Pictures, places: Sequence[int]) -> Tensor:
    expects = subject.expects
    pixels = pictures.read(places, expects.resolution, expects.in_channels)
    prepared = prepare(torch.from_numpy(np.ascontiguousarray(pixels)), expects.resolution, expects.mean, expects.std)
    return prepared.contiguous(memory_format=torch.channels_last)

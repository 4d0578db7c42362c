"""The loss of a network in a supernet on one batch of stored images, of which its gradients are made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from torch import Tensor
from torch.nn import functional

from trials.objectives.shared.routes import Path
from trials.objectives.shared.supernet import Supernet
from trials.training.batches import Part
from trials.training.loop import autocast
from trials.training_config import TrainingConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Stored images [N, C, H, W] of a part, made ready once for every resolution, and what networks are to answer.

    `wanted` are labels [N], which `smoothing` makes less sure, or probabilities [N, num_classes].
    """

    part: Part
    images: Tensor
    wanted: Tensor
    smoothing: float
    _prepared: dict[tuple[int, int], Tensor] = field(default_factory=dict, repr=False)

    def at(self, size: tuple[int, int]) -> Tensor:
        """Return the images as a network of this resolution takes them."""
        if size not in self._prepared:
            self._prepared[size] = replace(self.part, resolution=size).prepare(self.images)
        return self._prepared[size]

    def answered(self, logits: Tensor) -> Self:
        """Return the same images with the answers of a network [N, num_classes] in the place of labels."""
        return replace(self, wanted=logits.detach().float().softmax(1), smoothing=0.0)


def forward(supernet: Supernet, path: Path, batch: Batch, config: TrainingConfig) -> tuple[Tensor, Tensor]:
    """Return the logits [N, num_classes] of one network and its loss."""
    images = batch.at(path.architecture.input_size)
    with autocast(images, config.autocast):
        logits = supernet(images, path)
        return logits, functional.cross_entropy(logits, batch.wanted, label_smoothing=batch.smoothing)


def backward(loss: Tensor) -> Tensor:
    """Add the gradients of a loss to those of the shared weights; return the loss."""
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach().float()

"""The loss of a network in a supernet on one batch of stored images, of which its gradients are made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from torch import Tensor
from torch.nn import functional

from trials.objectives.shared.routes import Path
from trials.objectives.shared.supernet import Supernet
from trials.training.batches import Part
from trials.training.loop import autocast
from trials.training_config import TrainingConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Stored images [N, C, H, W] of a part, made ready once for every resolution, and their labels [N]."""

    part: Part
    images: Tensor
    labels: Tensor
    _prepared: dict[tuple[int, int], Tensor] = field(default_factory=dict, repr=False)

    def at(self, size: tuple[int, int]) -> Tensor:
        """Return the images as a network of this resolution takes them."""
        if size not in self._prepared:
            self._prepared[size] = replace(self.part, resolution=size).prepare(self.images)
        return self._prepared[size]


def forward(supernet: Supernet, path: Path, batch: Batch, config: TrainingConfig) -> Tensor:
    """Return the loss of one network."""
    images = batch.at(path.architecture.input_size)
    with autocast(images, config.autocast):
        logits = supernet(images, path)
        return functional.cross_entropy(logits, batch.labels, label_smoothing=config.label_smoothing)


def backward(loss: Tensor) -> Tensor:
    """Add the gradients of a loss to those of the shared weights; return the loss."""
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach().float()

"""Some images of an array that is mapped from a file: none is in memory before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The images [N, C, H, W] that `places` [N] picks of `source`, uint8 [M, C, H, W].

    It answers what a tensor of these images would. All processes of a machine that select from one file share the
    memory that holds it.
    """

    source: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.places)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return (N, C, H, W)."""
        return (len(self.places), *self.source.shape[1:])

    @property
    def nbytes(self) -> int:
        """Return the size of the images together."""
        return len(self.places) * int(self.source[:1].nbytes)

    @property
    def device(self) -> torch.device:
        """Return the CPU."""
        return torch.device("cpu")

    def __getitem__(self, wanted: Tensor | slice) -> Tensor:
        """Return a copy of some of the images."""
        chosen = self.places[wanted.numpy() if isinstance(wanted, Tensor) else wanted]
        return torch.from_numpy(self.source[chosen])

    def to(self, device: torch.device | str) -> Tensor:
        """Return a copy of all of them on a device."""
        return self[:].to(device)

"""Floats that several processes see at once."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

BYTES = 4  # of a float32


def new_memory(floats: int) -> int:
    """Return the descriptor of so many zeros, gone with the last process that holds them: they have no name."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("shared weights")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, BYTES * floats)
    return descriptor


def mapped(descriptor: int, floats: int) -> Tensor:
    """Return the memory behind a descriptor, float32 [floats]; it lives as long as the tensor or a view of it."""
    return torch.frombuffer(mmap.mmap(descriptor, BYTES * floats), dtype=torch.float32)


@dataclass(frozen=True, slots=True)
class Places:
    """Where each of some tensors lies in a row of floats, and its shape and strides there."""

    forms: tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]
    floats: int

    @classmethod
    def of(cls, tensors: Sequence[Tensor]) -> Self:
        """Return places for tensors one after the other. All have to be dense: permuted at most."""
        forms, floats = [], 0
        for tensor in tensors:
            forms.append((floats, tuple(tensor.shape), tensor.stride()))
            floats += tensor.numel()
        return cls(tuple(forms), floats)

    def views(self, row: Tensor) -> list[Tensor]:
        """Return the tensors that lie in a row [floats]."""
        return [row.as_strided(shape, stride, row.storage_offset() + start) for start, shape, stride in self.forms]

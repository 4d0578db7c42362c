"""The process around a training: threads, generators and memory settings, given back afterwards."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from functools import cache

import torch

from search_spaces.threads import torch_threads
from trials.study.candidate import derive_seed

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # malloc.h


@contextlib.contextmanager
def isolated(device: torch.device, threads: int | None) -> Iterator[None]:
    """Run a block with `threads` CPU threads (None: as found); threads and torch's generators end as they were."""
    if device.type == "cpu":
        keep_freed_memory()
    generators = torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])
    with generators, torch_threads(threads or torch.get_num_threads()):
        yield


def epoch_seed(seed: int, epoch: int) -> int:
    """Return the seed of all that is random in one epoch: shuffling, augmentation, dropout, stochastic depth.

    A function of the two alone, so that an epoch is the same whether the training was interrupted before it or not.
    """
    return derive_seed(seed, epoch)


@cache
def keep_freed_memory() -> None:
    """Tell glibc to keep freed memory for the next tensor; elsewhere, do nothing.

    It would hand large blocks back to the kernel after every layer and have them zeroed again for the next one: four
    times the page faults, measured on batches of 512 images of 28 px. The process keeps its peak until it ends.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(M_MMAP_MAX, 0)
            mallopt(M_TRIM_THRESHOLD, -1)

"""The parts of an evaluation: the images, the network with seeded weights, the device. No torch."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.data.content import require_content
from trials.experiment import DataConfig

if TYPE_CHECKING:
    import torch

    from trials.data.datasets import DataSet, Split


def load_whole(data: DataConfig) -> DataSet:
    """Return a data set as an experiment describes it, test images included."""
    from trials.data.datasets import load_data

    return load_data(data.name, Path(data.folder), resolution=data.size, skip_broken=data.skip_broken)


def skipped_files(data: DataConfig) -> list[str]:
    """Return the broken files of a folder that are left out, relative to it; none unless `skip_broken` is set."""
    return list(load_whole(data).skipped) if data.skip_broken else []


@lru_cache(maxsize=2)
def load_split(data: DataConfig) -> Split:
    """Return the training and validation parts of a data set, kept for the life of the process.

    Raises InvalidInput for data that cannot be had, and for pinned ones that changed.
    """
    from trials.data.datasets import split_validation

    found = load_whole(data)
    require_content(data, found.content)
    return split_validation(
        found,
        train_images=data.train_images,
        validation_images=data.validation_images,
        seed=data.seed,
    )


def build_seeded(
    architecture: Architecture, split: Split, seed: int, momentum: float, *, zero_init_residual: bool = False
) -> torch.nn.Module:
    """Build a network whose initial weights depend on `seed` alone; torch's global generator is left as it was."""
    import torch

    from search_spaces.network import build_network

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build_network(
            architecture,
            in_channels=int(split.train_images.shape[1]),
            num_classes=split.num_classes,
            batch_norm_momentum=momentum,
            zero_init_residual=zero_init_residual,
        )


def choose_device(name: str) -> torch.device:
    """Return the device of `auto`, `cpu` or `cuda`. Raises InvalidInput for a GPU that torch does not see."""
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise InvalidInput("compute.device", name, "auto or cpu: torch sees no CUDA device here")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def available_cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chosen_threads(threads: int | None) -> int:
    """Return the threads torch is to use: those asked for, else OMP_NUM_THREADS as everywhere, else all cores."""
    said = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()  # a number for each level of nesting
    return threads or (int(said) if said.isdecimal() else 0) or available_cores()

"""Architecture files whose cost fvcore has counted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search_spaces.architecture import Architecture
from search_spaces.architecture_file import save_architecture
from search_spaces.cost import estimate_cost, is_measurable
from search_spaces.task import IMAGENET, Task


def emit_architecture(
    architecture: Architecture,
    path: Path,
    *,
    task: Task = IMAGENET,
    provenance: Mapping[str, Any] | None = None,
) -> str:
    """Write an architecture file and return who counted its cost: `fvcore`, or `closed-form` where that is too much.

    The two counts are equal; that is checked here for every file that is written.
    """
    counter = _counter(architecture, task)
    recorded = dict(provenance) if provenance else None
    save_architecture(
        architecture,
        path,
        num_classes=task.num_classes,
        in_channels=task.in_channels,
        counter=counter,
        provenance=recorded,
    )
    return counter


def _counter(architecture: Architecture, task: Task) -> str:
    estimated = estimate_cost(architecture, *task)
    if not is_measurable(architecture, estimated):
        return "closed-form"
    from search_spaces.measure import measure_cost

    measured = measure_cost(architecture, *task)
    if (measured.flops, measured.params) != (estimated.flops, estimated.params):
        raise RuntimeError(f"fvcore counts {measured}, the closed form {estimated}: a defect, please report it")
    return "fvcore"

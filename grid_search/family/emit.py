"""Scaled networks as architecture files, each with where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from grid_search.compound_scaling import Multipliers, Scaled, check_resolution
from search_spaces.emission import emit_architecture
from search_spaces.errors import InvalidInput
from search_spaces.reference import EFFICIENTNETS, reference
from search_spaces.scaling import EFFICIENTNET_ROUNDING
from search_spaces.task import IMAGENET, Task

OFFICIAL_BASELINE = "efficientnet-b0"
OFFICIAL_SOURCE = "github.com/tensorflow/tpu, models/official/efficientnet/efficientnet_builder.py"


def emit_scaled(family: Iterable[Scaled], directory: Path, *, task: Task = IMAGENET) -> list[Path]:
    """Write `<directory>/<name>.yaml` for each network and return the paths.

    Every network is checked before the first file is written. The `cost` of a file is fvcore's, or the closed form's
    above 50 G multiply-adds (its `counter` says which); the rest stands under `provenance`.
    """
    members = list(family)
    paths = [directory / file_name(member.architecture.name) for member in members]
    for path in {path for path in paths if paths.count(path) > 1}:
        raise InvalidInput("name", path.name, "a different name for every network")
    for member in members:
        check_resolution(member.architecture)
    for member, path in zip(members, paths, strict=True):
        emit_architecture(member.architecture, path, task=task, provenance=provenance_of(member, task))
    return paths


def emit_official(directory: Path, *, baseline: str = OFFICIAL_BASELINE, task: Task = IMAGENET) -> list[Path]:
    """Write EfficientNet-B0 to B8 and L2 from their published multipliers; there are none for another baseline."""
    return emit_scaled(official_family(baseline), directory, task=task)


def official_family(baseline: str = OFFICIAL_BASELINE) -> list[Scaled]:
    """Return EfficientNet-B0 to B8 and L2 as scaled B0, with no coefficients: the published ones follow no phi."""
    if baseline != OFFICIAL_BASELINE:
        raise InvalidInput("baseline", baseline, f"{OFFICIAL_BASELINE}, the only one with a published family")
    return [_official(name) for name in EFFICIENTNETS]


def file_name(name: str) -> str:
    """Return `<name>.yaml` with what is not a letter, a digit or one of `_.+-` replaced: never another directory."""
    return f"{re.sub(r'[^A-Za-z0-9_.+-]', '-', name).lstrip('.') or 'unnamed'}.yaml"


def provenance_of(scaled: Scaled, task: Task = IMAGENET) -> dict[str, Any]:
    """Return how a network came about as plain values; what does not apply is left out."""
    baseline_cost = replace(scaled, architecture=scaled.baseline).cost(task)
    entries: dict[str, Any] = {
        "method": scaled.method,
        "baseline": {"name": scaled.baseline.name, **asdict(baseline_cost)},
        "coefficients": asdict(scaled.coefficients) if scaled.coefficients else None,
        "phi": scaled.phi,
        "multipliers": asdict(scaled.multipliers),
        "rounding": asdict(scaled.rounding),
        "nominal_ratio": _rounded(scaled.nominal_ratio),
        "measured_ratio": _rounded(scaled.measured_ratio(task)),
        "target": scaled.target,
    }
    return {key: value for key, value in entries.items() if value is not None}


def _official(name: str) -> Scaled:
    width, depth, resolution, _ = EFFICIENTNETS[name]
    baseline = reference(OFFICIAL_BASELINE)
    multipliers = Multipliers(depth=depth, width=width, resolution=resolution / baseline.input_size[0])
    return Scaled(
        architecture=reference(name),
        baseline=baseline,
        multipliers=multipliers,
        rounding=EFFICIENTNET_ROUNDING,
        method=f"published multipliers ({OFFICIAL_SOURCE})",
    )


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 6)

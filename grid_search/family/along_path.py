"""Networks of any cost along the path of a scaling law, as `scale search --method law` wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grid_search.compound_scaling import AXES, PAPER_COEFFICIENTS, Coefficients, Scaled
from grid_search.cost_function import cost_function
from grid_search.family.config import FamilyConfig
from grid_search.family.finished import ScalingRule, decided_file, read_rule
from grid_search.family.members import make_family, parse_target
from grid_search.law_search.shapes import multipliers_of
from search_spaces.errors import InvalidInput
from search_spaces.files import read_yaml
from search_spaces.validation import validated

Array = NDArray[np.float64]
Positive = Annotated[float, Field(gt=0, le=4096, allow_inf_nan=False)]
METHOD = "scaling-law"
SLACK = 1.03  # beyond the ends of a path: the tolerance of a family


@dataclass(frozen=True, kw_only=True, slots=True)
class PathStep:
    """Depth, width and resolution, in baselines and after rounding, of the best network that costs `ratio`."""

    ratio: Positive
    depth: Positive
    width: Positive
    resolution: Positive


@dataclass(frozen=True, kw_only=True, slots=True)
class ScalingPath:
    """The steps of a path by ascending cost, and the measure of cost they are counted in."""

    steps: tuple[PathStep, ...]
    cost: str

    def shape(self, ratio: float) -> Array:
        """Return the logarithms of depth, width and resolution [3] of a cost: on a line between the steps, in logs.

        Raises InvalidInput beyond the ends of the path.
        """
        rows = [(step.ratio, step.depth, step.width, step.resolution) for step in self.steps]
        known = np.log(np.array(sorted([*rows, (1.0, 1.0, 1.0, 1.0)])))
        low, high = np.exp(known[[0, -1], 0]).tolist()
        if not low / SLACK <= ratio <= high * SLACK:
            raise InvalidInput(
                "target", f"{ratio:.4g}x", f"a cost of {low:.4g} to {high:.4g} baselines: so far it goes"
            )
        return np.array([np.interp(np.log(ratio), known[:, 0], known[:, place]) for place in (1, 2, 3)])


def read_path(directory: Path, num_classes: int | None = None) -> tuple[ScalingRule, ScalingPath]:
    """Return what the law in `directory` (results/NAME or results/NAME/scale) decided, and its path.

    Raises InvalidInput where there is none, or a file of it is malformed.
    """
    rule, law = read_law(directory, num_classes)
    try:
        content = {"steps": _steps(law["path"]), "cost": law.get("cost")}
        return rule, validated(ScalingPath, content, "law")
    except InvalidInput as error:
        raise error.inside(str(decided_file(directory))) from None


def read_law(directory: Path, num_classes: int | None = None) -> tuple[ScalingRule, dict[str, Any]]:
    """Return what the law in `directory` decided, and the entry `law` of its coefficients.yaml as it is.

    Raises InvalidInput where there is none.
    """
    rule = read_rule(directory, num_classes, option="--law")
    law = read_yaml(decided_file(directory)).get("law")
    if not isinstance(law, dict) or not law.get("path"):
        raise InvalidInput("--law", str(directory), "the results of `scale search --method law`")
    return rule, law


def _steps(path: Any) -> Any:
    """Return the entries of a path without what is said of them beside."""
    if not isinstance(path, list) or not all(isinstance(entry, dict) for entry in path):
        return path
    return [{name: entry.get(name) for name in ("ratio", *AXES)} for entry in path]


def family_along(rule: ScalingRule, path: ScalingPath, config: FamilyConfig) -> list[Scaled]:
    """Return a network for every target of `config`, near the path and within the tolerance of its measured cost.

    Coefficients and phis of `config` are passed over. Raises InvalidInput as `make_family` does, where the path is
    counted in another cost, and beyond its ends.
    """
    if config.cost != path.cost:
        raise InvalidInput("cost", config.cost, f"{path.cost}, the cost of this law")
    reference = cost_function(config.cost, rule.task)(rule.baseline)
    members = []
    for index, text in enumerate(config.targets):
        target = parse_target(f"targets.{index}", text, reference, config.cost)
        shape = path.shape(target.cost / reference)
        near = replace(config, coefficients=_coefficients(rule, shape), phis=(), targets=(text,))
        (member,) = make_family(rule.baseline, near, rule.task)
        members.append(replace(member, coefficients=None, phi=None, method=METHOD))
    return members


def configurations(rule: ScalingRule, path: ScalingPath, phis: Sequence[float], target: float) -> list[Scaled]:
    """Return a network for every phi: it costs target^phi baselines, and is named `<baseline>-phi<phi>`."""
    config = FamilyConfig(targets=tuple(f"{target**phi:.6g}x" for phi in phis), cost=path.cost, rounding=rule.rounding)
    return [
        replace(member, architecture=replace(member.architecture, name=f"{rule.baseline.name}-phi{phi:g}"))
        for member, phi in zip(family_along(rule, path, config), phis, strict=True)
    ]


def _coefficients(rule: ScalingRule, shape: Array) -> Coefficients:
    """Return coefficients that make a network of this shape, at phi = 1, or -1 below the baseline."""
    if not shape.any():
        return PAPER_COEFFICIENTS  # the baseline itself, where they do nothing
    found = multipliers_of(rule.baseline, shape, rule.rounding)
    power = 1 if shape.sum() > 0 else -1
    alpha, beta, gamma = (getattr(found, axis) ** power for axis in AXES)
    return Coefficients(alpha=max(1.0, alpha), beta=max(1.0, beta), gamma=max(1.0, gamma))

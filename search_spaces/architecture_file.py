"""The file format of an architecture: written, and parsed from the mapping in a file. No torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from search_spaces.architecture import STRICT, Architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write, dump_yaml
from search_spaces.task import IMAGENET
from search_spaces.validation import validated

SPACE_KEYS = {"skeleton", "every_stage"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedCost:
    """The `cost` entry of a file: recomputed and compared whenever the file is read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    flops: int
    params: int
    activations: int
    counter: str
    num_classes: int = 1000
    in_channels: int = 3


def parse_architecture(content: dict[str, Any], default_name: str = "unnamed") -> Architecture:
    """Build an architecture from the mapping of a file; `provenance` is for people and is passed over."""
    if SPACE_KEYS & content.keys():
        accepted = "an architecture file; a search space has no cost before its choices are made"
        raise InvalidInput("architecture", content.get("name", default_name), accepted)
    fields = {key: value for key, value in content.items() if key not in ("cost", "provenance")}
    architecture = validated(Architecture, {"name": default_name, **fields})
    if "cost" in content:
        _check_cost(architecture, validated(RecordedCost, content["cost"], "cost"))
    return architecture


def save_architecture(
    architecture: Architecture,
    path: str | Path,
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    counter: str = "closed-form",
    provenance: dict[str, Any] | None = None,
) -> None:
    """Write an architecture with its cost, atomically. `counter` names who counted; the numbers are exact anyway."""
    content = architecture_mapping(architecture)
    cost = estimate_cost(architecture, num_classes, in_channels)
    content["cost"] = {**asdict(cost), "counter": counter, "num_classes": num_classes}
    if in_channels != IMAGENET.in_channels:
        content["cost"]["in_channels"] = in_channels
    if provenance:
        content["provenance"] = provenance
    with atomic_write(Path(path)) as stream:
        stream.write(dump_yaml(content))


def architecture_mapping(architecture: Architecture) -> dict[str, Any]:
    """Return the architecture as plain mappings, lists and scalars in the order of the file format."""
    content = asdict(architecture)
    if not isinstance(architecture.resolution, int):
        content["resolution"] = list(architecture.resolution)
    content["stages"] = list(content["stages"])
    if architecture.stem.pool == 1:
        del content["stem"]["pool"]
    return content


def _check_cost(architecture: Architecture, recorded: RecordedCost) -> None:
    actual = estimate_cost(architecture, recorded.num_classes, recorded.in_channels)
    for name in Cost.__dataclass_fields__:
        stated, counted = getattr(recorded, name), getattr(actual, name)
        if stated != counted:
            raise InvalidInput(f"cost.{name}", stated, f"{counted}, which is what the stages of this file cost")

"""A trained supernet as a file: safetensors, with the space, the proxy and the data it belongs to as metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path as File
from typing import Any, ClassVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from search_spaces.architecture import STRICT
from search_spaces.architecture_file import architecture_mapping, parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import LARGEST_WEIGHTS_BYTES, atomic_write, require_file
from search_spaces.search_space import Choice, SearchSpace
from search_spaces.task import check_task
from search_spaces.validation import validated
from trials.objectives.shared.layout import layout_of
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.supernet import Supernet, build_supernet
from trials.proxy import Proxy

METADATA = "supernet"
ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class SpaceContent:
    """A search space as it stands in the metadata: everything but its description."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    skeleton: dict[str, Any]
    choices: tuple[dict[str, Any], ...]
    fixed: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SupernetContent:
    """The metadata: what the weights are those of, and in `identity` how they were trained, by setting.

    `policy` is the probability of every option by the name of its choice, where they were searched while trained.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    space: SpaceContent
    proxy: Proxy
    in_channels: int
    num_classes: int
    identity: dict[str, str]
    policy: dict[str, tuple[float, ...]] | None = None

    def __post_init__(self) -> None:
        check_task(self.num_classes, self.in_channels)


def save_supernet(
    supernet: Supernet,
    routes: Routes,
    identity: Mapping[str, str],
    path: File,
    policy: Mapping[str, Sequence[float]] | None = None,
) -> None:
    """Write the weights, atomically; one entry of metadata, so that equal trainings leave equal files."""
    content = {
        "space": space_content(routes.space),
        "proxy": asdict(routes.proxy),
        "in_channels": supernet.in_channels,
        "num_classes": supernet.num_classes,
        "identity": dict(identity),
        **({} if policy is None else {"policy": dict(policy)}),
    }
    tensors = {name: value.detach().cpu().contiguous() for name, value in supernet.state_dict().items()}
    with atomic_write(path, "wb") as stream:
        stream.write(save(tensors, {METADATA: json.dumps(content)}))


def load_supernet(path: File) -> tuple[Supernet, Routes, dict[str, str]]:
    """Return a supernet on the CPU, the routes through it and how it was trained. Raises InvalidInput."""
    try:
        with safe_open(require_file(path, LARGEST_WEIGHTS_BYTES), framework="pt") as file:
            metadata = file.metadata()
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except InvalidInput:
        raise
    except (OSError, SafetensorError) as error:
        raise _unusable(path, error) from None
    content = _content(metadata, path)
    routes = Routes(space=space_of_content(content.space), proxy=content.proxy)
    supernet = build_supernet(
        layout_of(routes.space, routes.proxy),
        in_channels=content.in_channels,
        num_classes=content.num_classes,
        activation=routes.space.skeleton.activation,
    )
    try:
        supernet.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise _unusable(path, error) from None
    supernet.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return supernet.requires_grad_(False), routes, content.identity


def read_supernet(path: File) -> tuple[Supernet, Routes, dict[str, str]]:
    """Return what `load_supernet` does, the very same for as long as the file stays as it is."""
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _kept(path: File, _written: int) -> tuple[Supernet, Routes, dict[str, str]]:
    return load_supernet(path)


def load_policy(path: File, space: SearchSpace) -> list[tuple[float, ...]]:
    """Return the probability of every option of every choice, as it was learned while the weights were trained.

    Raises InvalidInput for a file that holds none for this space.
    """
    try:
        with safe_open(require_file(path, LARGEST_WEIGHTS_BYTES), framework="pt") as file:
            metadata = file.metadata()
    except (OSError, SafetensorError) as error:
        raise _unusable(path, error) from None
    policy = _content(metadata, path).policy or {}
    rows = [policy.get(choice.name, ()) for choice in space.choices]
    for choice, row in zip(space.choices, rows, strict=True):
        if len(row) != len(choice.options) or not all(0 <= one <= 1 for one in row) or abs(sum(row) - 1) > ROUNDING:
            accepted = f"weights with a probability for each of its {len(choice.options)} options"
            raise InvalidInput(f"{path.name}.{METADATA}.policy.{choice.name}", list(row), accepted)
    return rows


def space_content(space: SearchSpace) -> dict[str, Any]:
    """Return a space as plain mappings, lists and scalars."""
    return {
        "name": space.name,
        "skeleton": architecture_mapping(space.skeleton),
        "choices": [asdict(choice) for choice in space.choices],
        "fixed": [list(map(list, fields)) for fields in space.fixed],
    }


def space_of_content(content: SpaceContent) -> SearchSpace:
    """Return the space that `space_content` made plain. Raises InvalidInput for what is none."""
    try:
        return SearchSpace(
            name=content.name,
            skeleton=parse_architecture(content.skeleton),
            choices=tuple(_choice(**choice) for choice in content.choices),
            fixed=tuple(_fields(fields) for fields in content.fixed),
        )
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{METADATA}.space", content.name, f"a search space ({error})") from None


def _content(metadata: Mapping[str, str] | None, path: File) -> SupernetContent:
    try:
        content = json.loads((metadata or {}).get(METADATA, "null"))
    except (ValueError, RecursionError) as error:
        raise _unusable(path, error) from None
    return validated(SupernetContent, content, f"{path.name}.{METADATA}")


def _choice(name: str, stage: int | None, options: list[Any], settings: list[Any]) -> Choice:
    return Choice(name=name, stage=stage, options=tuple(options), settings=tuple(_fields(one) for one in settings))


def _fields(pairs: list[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in pairs)


def _unusable(path: File, error: Exception) -> InvalidInput:
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
    return InvalidInput(str(path), reason, "shared weights, as a search with objective.name: shared writes them")

"""Untrusted data -> typed values, every mistake told as one `InvalidInput`. No torch."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from search_spaces.errors import InvalidInput

T = TypeVar("T")


def validated(kind: type[T], data: object, key: str = "") -> T:
    """Return `data`, as read from YAML, as a `kind` (a dataclass or pydantic model that forbids unknown keys).

    Strict: "3", 3.0 and true are not the integer 3. Raises InvalidInput with the path of the first wrong key,
    `key` in front.
    """
    try:
        # through JSON: strict mode then still takes a list for a tuple, as a file cannot say tuple
        value: T = _adapter(cast(Any, kind)).validate_json(json.dumps(data, default=repr), strict=True)
        return value
    except ValidationError as error:
        mistake = _first_mistake(error, kind)
    except (RecursionError, TypeError, ValueError) as error:
        mistake = InvalidInput("", type(data).__name__, f"plain YAML values ({error})")
    raise mistake.inside(key) if key else mistake


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _first_mistake(error: ValidationError, kind: Any) -> InvalidInput:
    first = error.errors(include_url=False)[0]
    location = first["loc"]
    cause = first.get("ctx", {}).get("error")
    key = ".".join(str(part) for part in location if not _is_union_branch(part))
    if isinstance(cause, InvalidInput):
        return cause.inside(key) if key else cause
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return InvalidInput(key, first["input"], f"no such key here; known keys: {_known_keys(kind, location)}")
    if first["type"] in ("missing", "missing_keyword_only_argument", "missing_argument"):
        return InvalidInput(key, None, "a value: this key is required")
    return InvalidInput(
        key, first["input"], first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    )


def _is_union_branch(part: int | str) -> bool:
    """Tell pydantic's own names for the branch of a union (`int`, `tuple[int, int]`) from keys of the file."""
    return isinstance(part, str) and (part in ("int", "float", "str", "bool") or "[" in part or part[:1].isupper())


def _known_keys(kind: Any, location: tuple[int | str, ...]) -> str:
    """Walk down the declared types to the place where the unknown key stands and list what is declared there."""
    names: set[str] = set()
    wanted = [part for part in location[:-1] if isinstance(part, str) and not _is_union_branch(part)]
    for depth, owner in _declared(kind, 0, wanted):
        if depth == len(wanted):
            names.update(_fields(owner))
    return ", ".join(sorted(names)) or "none"


def _declared(kind: Any, depth: int, wanted: list[str]) -> Iterator[tuple[int, Any]]:
    for owner in _flatten(kind):
        yield depth, owner
        if depth < len(wanted) and wanted[depth] in _fields(owner):
            yield from _declared(_fields(owner)[wanted[depth]], depth + 1, wanted)


def _flatten(kind: Any) -> Iterator[Any]:
    arguments = getattr(kind, "__args__", ())
    if arguments:
        for argument in arguments:
            yield from _flatten(argument)
    elif dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield kind


def _fields(owner: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(owner):
        hints = get_type_hints(owner)
        return {field.name: hints[field.name] for field in dataclasses.fields(owner)}
    return {name: info.annotation for name, info in owner.model_fields.items()}

"""Untrusted data -> typed values, every mistake told as one `InvalidInput`. No torch."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeGuard, TypeVar, cast, get_args, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from search_spaces.errors import InvalidInput, did_you_mean

T = TypeVar("T")
NUMBERS = ("int_", "float_", "greater_than", "less_than", "finite_number")  # how pydantic's names of mistakes begin
BOUNDS = ("ge", "gt", "le", "lt")


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


def is_finite(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a number that a float can hold: an integer may be too large for one.

    >>> is_finite(3), is_finite(float("nan")), is_finite(10**400), is_finite(True)
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


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
        known = _known_keys(kind, location)
        accepted = f"no such key here; known keys: {', '.join(known) or 'none'}{did_you_mean(location[-1], known)}"
        return InvalidInput(key, first["input"], accepted)
    if first["type"] in ("missing", "missing_keyword_only_argument", "missing_argument"):
        return InvalidInput(key, None, "a value: this key is required")
    if first["type"].startswith(NUMBERS) and (accepted := _accepted_numbers(kind, location)):
        return InvalidInput(key, first["input"], accepted)
    return InvalidInput(
        key, first["input"], first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    )


def _is_union_branch(part: int | str) -> bool:
    """Tell pydantic's own names for the branch of a union (`int`, `tuple[int, int]`) from keys of the file."""
    return isinstance(part, str) and (part in ("int", "float", "str", "bool") or "[" in part or part[:1].isupper())


def _accepted_numbers(kind: Any, location: tuple[int | str, ...]) -> str:
    """Return the declared range of the field that a mistake is in, in words; nothing where it has none."""
    names = [part for part in location if isinstance(part, str) and not _is_union_branch(part)]
    while names:
        *outer, name = names
        for depth, owner in _declared(kind, 0, outer):
            if depth == len(outer) and name in _fields(owner):
                return describe_range(get_type_hints(owner, include_extras=True)[name])
        names = outer  # an entry of a list or mapping has the range of the field it is in
    return ""


def describe_range(annotation: Any) -> str:
    """Return the numbers that an annotation takes, in words; nothing where it says no range.

    >>> from typing import Annotated
    >>> from pydantic import Field
    >>> describe_range(Annotated[int, Field(ge=1, le=64)] | None)
    'an integer from 1 to 64, or null'
    >>> describe_range(Annotated[float, Field(gt=0, lt=1)])
    'a number above 0, below 1'
    """
    parts = list(_parts(annotation))
    bounds = {name: f"{getattr(part, name):.10g}" for part in parts for name in BOUNDS if hasattr(part, name)}
    if not bounds:
        return ""
    kind = "a number" if float in parts else "an integer"
    return f"{kind} {_in_words(**bounds)}{', or null' if type(None) in parts else ''}"


def _in_words(*, ge: str = "", gt: str = "", le: str = "", lt: str = "") -> str:
    if ge and (le or lt):
        return f"from {ge} to {le or f'below {lt}'}"
    above = (f"of at least {ge}" if ge else "", f"above {gt}" if gt else "")
    below = (f"at most {le}" if le else "", f"below {lt}" if lt else "")
    return ", ".join(text for text in (*above, *below) if text)


def _parts(annotation: Any) -> Iterator[Any]:
    """Return the types that an annotation is made of, and the bounds that stand at them."""
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    for argument in arguments:
        yield from getattr(argument, "metadata", ())
        yield from _parts(argument)


def _known_keys(kind: Any, location: tuple[int | str, ...]) -> list[str]:
    """Walk down the declared types to the place where the unknown key stands and list what is declared there."""
    names: set[str] = set()
    wanted = [part for part in location[:-1] if isinstance(part, str) and not _is_union_branch(part)]
    for depth, owner in _declared(kind, 0, wanted):
        if depth == len(wanted):
            names.update(_fields(owner))
    return sorted(names)


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

"""Search spaces are YAML files: a skeleton, and choices over it that a user writes without code. No torch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from search_spaces.architecture import ABSENT, STRICT, Architecture, Stage
from search_spaces.architecture_file import parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import ACCEPTED, TIMM, load_architecture
from search_spaces.files import is_there, read_yaml
from search_spaces.reference import REFERENCES
from search_spaces.scaling import round_width
from search_spaces.search_space import Choice, Fields, Scalar, SearchSpace, replace_fields, with_field
from search_spaces.validation import validated

SHIPPED = Path(__file__).parent
MOST_STAGES, MOST_STAGE_COMBINATIONS = 256, 200_000
STAGE_FIELDS = tuple(Stage.__dataclass_fields__)
WHOLE_FIELDS = ("resolution", "stem", "head", "activation", "dropout", "drop_path")
# what a multiplier or an offset means, by the last part of the field's name
MULTIPLY: dict[str, Callable[[Any, float], int]] = {
    "width": lambda value, factor: round_width(value * factor),
    "resolution": lambda value, factor: max(1, math.floor(value * factor + 0.5)),
}
ADD: dict[str, Callable[[Any, float], int]] = {"depth": lambda value, offset: max(1, value + int(offset))}


@dataclass(frozen=True, kw_only=True, slots=True)
class SpaceFile:
    """The keys of a space file. `every_stage` applies to all stages, `stages` to one of them, by index from 0.

    A field is a value, or `{one_of: [...]}`, `{multiply: [...]}` (widths and resolution, times the skeleton's,
    rounded to 8 as EfficientNet rounds), `{add: [...]}` (depth, never below 1). In a stage, `one_of` beside the
    fields lists alternatives: mappings of fields that change together; `{depth: 0}` leaves the stage out.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    description: str = ""
    skeleton: str | dict[str, Any]
    resolution: Any = None
    stem: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    activation: Any = None
    dropout: Any = None
    drop_path: Any = None
    every_stage: dict[str, Any] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)


def load_space(source: str | Path) -> SearchSpace:
    """Return a shipped space by name (`efficientnet`, `mnasnet`) or read a space file.

    Raises InvalidInput for an unknown name or a malformed file; every option of every choice is built once here.
    """
    path = SHIPPED / f"{source}.yaml" if str(source) in shipped_spaces() else Path(source)
    if not is_there(path):
        raise InvalidInput(
            "space", str(source), f"an existing file, or one of {', '.join(shipped_spaces())}", shipped_spaces()
        )
    return parse_space(read_yaml(path), folder=path.parent)


def shipped_spaces() -> list[str]:
    """Return the names of the spaces that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def parse_space(content: Mapping[str, Any], folder: Path = Path()) -> SearchSpace:
    """Build a search space from the mapping of a file; a skeleton file is looked for beside it, in `folder`."""
    file = validated(SpaceFile, content)
    skeleton = _skeleton(file.skeleton, folder)
    if len(skeleton.stages) > MOST_STAGES:
        raise InvalidInput("skeleton", f"{len(skeleton.stages)} stages", f"at most {MOST_STAGES} stages to choose for")
    skeleton, whole = _split_whole(file, skeleton)
    choices, fixed = list(whole), []
    for index, stage in enumerate(skeleton.stages):
        stage_choices, stage_fixed = _stage_choices(file, index, stage, len(skeleton.stages))
        choices.extend(stage_choices)
        fixed.append(stage_fixed)
    if all(_can_be_left_out(choices, index) for index in range(len(skeleton.stages))):
        raise InvalidInput("stages", "every stage with depth: 0", "at least one stage that is always there")
    return SearchSpace(
        name=file.name,
        description=file.description,
        skeleton=skeleton,
        choices=tuple(choices),
        fixed=tuple(fixed),
    )


def _skeleton(source: str | dict[str, Any], folder: Path) -> Architecture:
    if isinstance(source, dict):
        try:
            return parse_architecture(source)
        except InvalidInput as error:
            raise error.inside("skeleton") from None
    beside = folder / source
    if not is_there(beside) and source not in REFERENCES and not source.startswith(TIMM):
        raise InvalidInput("skeleton", source, ACCEPTED)
    return load_architecture(beside if is_there(beside) else source)


def _split_whole(file: SpaceFile, skeleton: Architecture) -> tuple[Architecture, list[Choice]]:
    """Apply the fields of the whole network that have one value, and return the choices over the others."""
    choices = []
    for name, spec in _whole_specs(file):
        part, _, inner = name.partition(".")
        owner = getattr(skeleton, part) if inner else skeleton
        base = getattr(owner, inner or part, None)
        values = _values(name, spec, base)
        built = [_replaced(skeleton, name, value) for value in values]
        if len(values) == 1:
            skeleton = built[0]
        else:
            choices.append(_choice(name, None, [((name, value),) for value in values], values))
    return skeleton, choices


def _whole_specs(file: SpaceFile) -> Iterator[tuple[str, Any]]:
    for name in WHOLE_FIELDS:
        spec = getattr(file, name)
        if name in ("stem", "head"):
            yield from ((f"{name}.{inner}", value) for inner, value in spec.items())
        elif spec is not None:
            yield name, spec


def _replaced(architecture: Architecture, name: str, value: Any) -> Architecture:
    try:
        return with_field(architecture, name, value)
    except InvalidInput as error:
        raise InvalidInput(name, error.value, error.accepted) from None
    except TypeError:
        known = ", ".join(getattr(architecture, name.partition(".")[0]).__dataclass_fields__)
        raise InvalidInput(name, value, f"no such key here; known keys: {known}") from None


def _stage_choices(file: SpaceFile, index: int, stage: Stage, count: int) -> tuple[list[Choice], Fields]:
    for key in file.stages:
        if key not in map(str, range(count)):
            raise InvalidInput(f"stages.{key}", key, f"the index of a stage, 0 to {count - 1}")
    prefix = f"stages.{index}"
    specs = {**file.every_stage, **file.stages.get(str(index), {})}
    choices: list[Choice] = []
    fixed: dict[str, Any] = {}
    alternatives = _alternatives(prefix, specs.pop("one_of", None), stage)
    if alternatives:
        choices.append(_choice(prefix, index, alternatives, [_label(fields) for fields in alternatives]))
    for name, spec in specs.items():
        values = _stage_values(f"{prefix}.{name}", name, spec, stage)
        if len(values) == 1:
            fixed[name] = values[0]
        else:
            choices.append(_choice(f"{prefix}.{name}", index, [((name, value),) for value in values], values))
    _check_combinations(prefix, choices)
    return choices, tuple(fixed.items())


def _alternatives(prefix: str, listed: Any, stage: Stage) -> list[Fields]:
    """Return every alternative of a stage; choices inside one are multiplied out."""
    if listed is None:
        return []
    if not isinstance(listed, list) or not listed or not all(isinstance(item, dict) and item for item in listed):
        raise InvalidInput(f"{prefix}.one_of", listed, "a list of mappings of stage fields")
    alternatives: list[Fields] = []
    for position, item in enumerate(listed):
        key = f"{prefix}.one_of.{position}"
        names = [str(name) for name in item]
        values = [_stage_values(f"{key}.{name}", str(name), spec, stage, leave_out=True) for name, spec in item.items()]
        alternatives += [tuple(zip(names, picked, strict=True)) for picked in itertools.product(*values)]
    return list(dict.fromkeys(alternatives))


def _stage_values(key: str, name: str, spec: Any, stage: Stage, *, leave_out: bool = False) -> list[Any]:
    """Return the values a stage field can take, each of them tried on the skeleton."""
    if name not in STAGE_FIELDS:
        raise InvalidInput(key, spec, f"no such key here; known keys: {', '.join(STAGE_FIELDS)}, one_of")
    values = _values(key, spec, getattr(stage, name))
    for value in values:
        if not isinstance(value, str | int | float | bool | None):
            raise InvalidInput(key, value, "plain values")
        if leave_out and name == "depth" and value == 0:
            continue
        # what only some operations have is tried on one that has it, whatever the skeleton's is
        fields = {"op": "mbconv", name: value} if name in ABSENT else {name: value}
        try:
            replace_fields(stage, fields)
        except InvalidInput as error:
            raise InvalidInput(key, error.value, error.accepted) from None
    return values


def _values(key: str, spec: Any, base: Any) -> list[Any]:
    """Return the distinct values of one field: a single one, or what one_of, multiply or add say."""
    if not isinstance(spec, dict):
        return [spec]
    if len(spec) != 1 or next(iter(spec)) not in ("one_of", "multiply", "add"):
        raise InvalidInput(key, spec, "a value, or one of {one_of: [...]}, {multiply: [...]}, {add: [...]}")
    ((kind, listed),) = spec.items()
    if not isinstance(listed, list) or not listed:
        raise InvalidInput(f"{key}.{kind}", listed, "a list with at least one entry")
    if kind == "one_of":
        values = [tuple(value) if isinstance(value, list) else value for value in listed]
    else:
        values = _relative(f"{key}.{kind}", key.rpartition(".")[2], kind, listed, base)
    try:
        return list(dict.fromkeys(values))
    except TypeError:
        raise InvalidInput(f"{key}.{kind}", listed, "plain values") from None


def _relative(key: str, name: str, kind: str, listed: list[Any], base: Any) -> list[Any]:
    rules = MULTIPLY if kind == "multiply" else ADD
    if name not in rules or not isinstance(base, int):
        raise InvalidInput(key, listed, f"a relative choice only for {', '.join(rules)} with one integer to start from")
    for entry in listed:
        low_enough = isinstance(entry, int) if kind == "add" else isinstance(entry, int | float) and 0 < entry <= 1000
        if isinstance(entry, bool) or not low_enough:
            raise InvalidInput(key, entry, "integers" if kind == "add" else "numbers above 0, to 1000")
    return [rules[name](base, entry) for entry in listed]


def _choice(name: str, stage: int | None, settings: list[Fields], labels: list[Any]) -> Choice:
    options: list[Scalar] = [
        label if isinstance(label, str | int | float | bool | None) else "x".join(map(str, label)) for label in labels
    ]
    return Choice(name=name, stage=stage, options=tuple(options), settings=tuple(settings))


def _label(fields: Fields) -> str:
    return " ".join(f"{name}={value}" for name, value in fields)


def _can_be_left_out(choices: list[Choice], index: int) -> bool:
    return any(("depth", 0) in fields for choice in choices if choice.stage == index for fields in choice.settings)


def _check_combinations(prefix: str, choices: list[Choice]) -> None:
    combinations = math.prod(len(choice.options) for choice in choices)
    if combinations > MOST_STAGE_COMBINATIONS:
        raise InvalidInput(prefix, f"{combinations} combinations", f"at most {MOST_STAGE_COMBINATIONS} in one stage")

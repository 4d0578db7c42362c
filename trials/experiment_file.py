"""Files of experiments: `experiments.yaml` of the current folder, and the one that is shipped. No torch."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from search_spaces.errors import InvalidInput
from search_spaces.files import is_there, parse_yaml, read_yaml
from search_spaces.validation import validated
from trials.derivation import derive_reward
from trials.experiment import Experiment

DEFAULT_FILE = Path("experiments.yaml")
SHIPPED_FILE = Path(__file__).with_name("experiments.yaml")
SCHEMA_FILE = Path(__file__).with_name("experiments.schema.json")
LONGEST_NAME = 200  # bytes; file systems take 255

Kind = TypeVar("Kind", bound=Experiment)


def load_experiment(name: str, file: Path = DEFAULT_FILE, overrides: Iterable[str] = ()) -> Experiment:
    """Read one entry of an experiments file, with `key=value` overrides such as `training.epochs=3`.

    Raises InvalidInput for an unknown experiment or anything in it that is not understood.
    """
    return read_experiment(Experiment, name, file, overrides)


def read_experiment(kind: type[Kind], name: str, file: Path, overrides: Iterable[str]) -> Kind:
    """Read one entry as a kind of experiment, whose typed sections are then read with it."""
    return validated(kind, read_entry(name, file, overrides), name)


def read_entry(name: str, file: Path, overrides: Iterable[str]) -> dict[str, Any]:
    """Return one entry as a mapping, with its overrides, short forms written out. Raises InvalidInput."""
    entries = read_entries(file)
    names = [str(entry) for entry in entries if not str(entry).startswith(".")]
    if name not in entries or name.startswith("."):
        raise InvalidInput("experiment", name, f"one of {', '.join(names)} (in {file})", names)
    if "/" in name or "\\" in name or not name.isprintable() or len(name.encode()) > LONGEST_NAME:
        raise InvalidInput("experiment", name, "a name that can be a folder: printable, without / and \\, not longer")
    entry = entries[name]
    if not isinstance(entry, dict):
        raise InvalidInput(name, entry, "a mapping of settings")
    settings = apply_overrides(entry, overrides)
    for key in ("objective", "data"):
        if isinstance(settings.get(key), str):
            settings[key] = {"name": settings[key]}
    if settings.get("proxy") == "auto":
        del settings["proxy"]
    if reward := derive_reward(settings):
        settings["reward"] = reward
    if settings.setdefault("name", name) != name:
        raise InvalidInput(f"{name}.name", settings["name"], f"{name}, which the entry is called already")
    return settings


def apply_overrides(entry: Mapping[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """Return a copy of `entry` with every `dotted.key=value` set; values are read as YAML."""
    changed = copy.deepcopy(dict(entry))
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals or not key.strip():
            raise InvalidInput("--set", override, "key=value, such as training.epochs=3")
        _assign(changed, key.strip().split("."), _parse(override, text))
    return changed


def _assign(target: dict[str, Any], path: list[str], value: Any) -> None:
    *parents, last = path
    for part in parents:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InvalidInput("--set", ".".join(path), f"a key inside a mapping; {part} is {inner!r}")
        target = inner
    target[last] = value


def _parse(override: str, text: str) -> Any:
    try:
        return parse_yaml(text, "--set")
    except InvalidInput:
        raise InvalidInput("--set", override, "a value that is valid YAML") from None


def read_entries(file: Path) -> dict[str, Any]:
    """Return the entries of a file; of the default one, with the shipped experiments behind those of the folder."""
    if file != DEFAULT_FILE:
        return read_yaml(file)
    own = read_yaml(file) if is_there(file) else {}
    return {**own, **{name: entry for name, entry in read_yaml(SHIPPED_FILE).items() if name not in own}}

"""Settings that decide what a trial is worth, and the refusal to go on with others. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from search_spaces.errors import InvalidInput
from trials.data.content import data_content, file_content
from trials.experiment import DataConfig, Experiment

Settings = Mapping[str, Any]
DECISIVE = ("seed", "objective", "resolution", "data", "proxy", "training", "cost")
CONTENT = "content"
PLACES = {
    "data": ("folder",),
    "objective": ("path",),
    "limits": ("max_seconds",),
}  # where it lies, how long it may take
GONE: Mapping[str, Settings] = {"objective": {"paths": "fair"}}  # of earlier versions, as it is always done now


def decisive_settings(experiment: Experiment, *further: str) -> dict[str, Any]:
    """Return what must not change while a study goes on: all that decides a trial, and `further` sections.

    Where torch computes here what a trial is worth, that is the number of threads too, None for all cores: it is the
    order in which torch adds, and what a user's own images hold. Raises InvalidInput for data that cannot be read.
    """
    settings = {key: value for key, value in asdict(experiment).items() if key in (*DECISIVE, *further)}
    if experiment.objective.uses_torch:
        settings["data"] = recorded_data(experiment.data)
        settings["objective"] |= _weights(experiment)
        settings["compute"] = {"threads": experiment.compute.threads}
    return without_places(settings)


def recorded_data(data: DataConfig) -> dict[str, Any]:
    """Return the settings of data, and as `content` the digest of what a user's own hold now."""
    content = data_content(data.name, Path(data.folder))
    return asdict(data) if content is None else {**asdict(data), CONTENT: content}


def _weights(experiment: Experiment) -> dict[str, str]:
    """Return the digest of the shared weights that an experiment names, nothing where it names none."""
    named = experiment.objective.weights
    if named is None:
        return {}
    try:
        return {CONTENT: file_content(named, Path(experiment.data.folder))}
    except (OSError, ValueError) as error:
        raise InvalidInput("objective.weights", named, f"a file that can be read ({error})") from None


def without_places(settings: Settings) -> dict[str, Any]:
    """Return settings without those that say where on this machine something lies, or how long it may take here.

    >>> without_places({"seed": 1, "data": {"name": "digits", "folder": "/data"}})
    {'seed': 1, 'data': {'name': 'digits'}}
    """
    return {key: _without(value, PLACES.get(key, ())) for key, value in settings.items()}


def of_today(recorded: Settings) -> dict[str, Any]:
    """Return settings of an earlier version without those that are gone, where they say what is always done now.

    >>> of_today({"seed": 1, "objective": {"name": "shared", "paths": "fair"}})
    {'seed': 1, 'objective': {'name': 'shared'}}
    """
    return {
        key: {name: said for name, said in value.items() if (name, said) not in GONE.get(key, {}).items()}
        if isinstance(value, Mapping)
        else value
        for key, value in recorded.items()
    }


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: inner for key, inner in value.items() if key not in names}


def defaults_of_old(wanted: Settings) -> Settings:
    """Return what a setting was that is younger than a study: today's default; what files held then, nobody knows."""
    defaults = asdict(Experiment())
    for section in ("data", "objective"):
        defaults[section][CONTENT] = wanted.get(section, {}).get(CONTENT)
    return defaults


def require_same(recorded: Settings, wanted: Settings, *, said: str, defaults: Settings | None = None) -> None:
    """Raise InvalidInput for the first setting that is not what was recorded; `said` tells what that belongs to.

    One that is not recorded had its value of `defaults`.
    """
    for key, old, new in _differences("", recorded, wanted, defaults or {}):
        raise InvalidInput(key, new, f"{old!r}, {said}")


def _differences(
    prefix: str, recorded: Settings, wanted: Settings, defaults: Settings
) -> Iterator[tuple[str, object, object]]:
    """Yield the dotted key, the old and the new value of every setting that differs, at any depth."""
    for key in {**recorded, **wanted}:
        old, new = recorded.get(key, defaults.get(key)), wanted.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(f"{prefix}{key}.", old, new, defaults.get(key) or {})
        elif old != new:
            yield f"{prefix}{key}", old, new

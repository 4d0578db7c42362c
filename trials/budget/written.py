"""What the user of an experiment wrote about lengths and numbers: that stands, all else follows from a budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from search_spaces.errors import InvalidInput
from search_spaces.files import read_yaml
from trials.duration import parse_duration
from trials.experiment_file import SHIPPED_FILE, apply_overrides, read_entries
from trials.training_config import parse_share

Settings = Mapping[str, Any]


def written_settings(name: str, file: Path, overrides: Iterable[str]) -> dict[str, Any]:
    """Return what was written of an entry, its overrides included.

    A shipped experiment that nobody changed was written by nobody: its lengths are those of a run without a budget.
    Its proxy is what it is about.
    """
    entry = read_entries(file).get(name)
    own = entry if isinstance(entry, dict) else {}
    if entry == read_yaml(SHIPPED_FILE).get(name):
        own = {key: value for key, value in own.items() if key == "proxy"}
    return apply_overrides(own, overrides)


def is_written(settings: Settings, key: str) -> bool:
    """Tell whether a dotted key has a value.

    >>> is_written({"training": {"epochs": 3}}, "training.epochs"), is_written({}, "training.epochs")
    (True, False)
    """
    value: Any = settings
    for part in key.split("."):
        if not isinstance(value, Mapping) or value.get(part) is None:
            return False
        value = value[part]
    return True


def candidate_seconds(written: object, budget: float | None) -> float | None:
    """Return the seconds of `training.budget`: a time, or a share of the whole budget such as 5%; None without one.

    >>> candidate_seconds("60s", None), candidate_seconds("5%", 3600)
    (60.0, 180.0)
    """
    if written is None:
        return None
    share = parse_share(written)
    if share is None:
        return parse_duration("training.budget", written)
    if budget is None:
        raise InvalidInput("training.budget", written, "a share of a budget beside --budget, or a time such as 60s")
    return share * budget

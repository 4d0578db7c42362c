"""Tables of a page: settings, versions, figures as text. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """A table: headings, rows of as many cells, and the columns (from 0) that hold text rather than numbers."""

    headings: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    texts: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeBy:
    """What a reader needs to make a result again: the command, versions and machine, every setting."""

    command: str
    facts: Rows
    settings: Rows


def made_by(record: Mapping[str, Any]) -> MadeBy:
    """Return what `run.json` says of how a result came about."""
    told = {name: record.get(name) for name in ("state", "started", "finished", "git_revision", "gpu")}
    facts = {**told, **_mapping(record.get("machine")), **_mapping(record.get("versions"))}
    rows = [(name, _text(value)) for name, value in facts.items() if value is not None]
    settings = [(name, _text(value)) for name, value in flat(record.get("settings", {}))]
    return MadeBy(
        command=str(record.get("command", "")),
        facts=Rows(headings=("what", "value"), rows=rows, texts=frozenset({0, 1})),
        settings=Rows(headings=("setting", "value"), rows=settings, texts=frozenset({0, 1})),
    )


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the settings inside mappings with dotted names, in order.

    >>> list(flat({"data": {"name": "digits"}, "seed": 0}))
    [('data.name', 'digits'), ('seed', 0)]
    """
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from flat(item, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value


def millions(value: float) -> str:
    """Return a count in millions, as people say it.

    >>> millions(385_814_752)
    '385.8 M'
    """
    return f"{value / 1e6:,.{1 if value >= 1e8 else 2}f} M"


def seconds(value: float) -> str:
    """Return a duration as people say it.

    >>> seconds(3725), seconds(75), seconds(0.25)
    ('1 h 2 min', '1 min 15 s', '0.25 s')
    """
    if value < 10:
        return f"{value:.3g} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return "none" if value is None else str(value)

"""Tables of a page: settings, versions, figures as text. No torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MOST_REASONS, LONGEST_REASON = 50, 500


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


def failures(tables: Mapping[str, pd.DataFrame]) -> Rows | None:
    """Return the reasons of failed trials with how many each has, the most frequent first; None where none failed.

    `tables` are tables of trials (`trials_table`) by what their trials are.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for kind, table in tables.items():
        reasons = table.loc[table["state"] == "fail", "reason"].fillna("no reason was told")
        counts.update((kind, str(reason)[:LONGEST_REASON]) for reason in reasons)
    rows = [(count, kind, reason) for (kind, reason), count in counts.most_common(MOST_REASONS)]
    return Rows(headings=("trials", "kind", "reason"), rows=rows, texts=frozenset({1, 2})) if rows else None


def time_spent(work: pd.DataFrame, rest: str) -> Rows | None:
    """Return the seconds spent by part (`work_of`), and as `rest` those in which no trial was at work.

    None where only tables are left, which do not tell them.
    """
    if work.empty:
        return None
    rows: list[tuple[Any, ...]] = []
    for part, table in work.groupby("part", sort=False):
        took = table["ended"] - table["began"]
        rows.append((str(part), len(table), seconds(took.sum()), seconds(took.median()), seconds(took.max())))
    whole, busy = float(work["ended"].max()), covered(zip(work["began"], work["ended"], strict=True))
    rows.append((rest, "", seconds(max(0.0, whole - busy)), "", ""))
    return Rows(headings=("part", "trials", "in all", "median", "longest"), rows=rows)


def covered(intervals: Iterable[tuple[float, float]]) -> float:
    """Return the seconds in which at least one interval is.

    >>> covered([(0, 2), (1, 3), (5, 6)])
    4.0
    """
    whole, reached = 0.0, float("-inf")
    for began, ended in sorted(intervals):
        whole += max(0.0, ended - max(began, reached))
        reached = max(reached, ended)
    return whole


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

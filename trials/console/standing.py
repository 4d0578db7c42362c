"""Where a run is, told from its folder: from another terminal, or another machine. No torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from optuna.trial import TrialState

from search_spaces.errors import LONGEST_REASON, one_line
from trials.study.overview import was_evaluated

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

FEWEST = 2  # trials that a pace is told from


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The state of one study of a run: trials by how they stand, evaluated ones of how many (None: not planned)."""

    name: str
    states: Mapping[str, int]
    evaluated: int
    total: int | None
    last: datetime | None
    seconds_left: float | None


def part_of(name: str, study: optuna.Study, total: int | None) -> Part:
    """Return where a study stands; the time left follows from the pace of its last trials, whoever evaluated them."""
    trials = study.get_trials(deepcopy=False)
    counted = [trial for trial in trials if trial.state.is_finished() and was_evaluated(trial)]
    ends = sorted(trial.datetime_complete for trial in counted if trial.datetime_complete is not None)
    left = None if total is None else total - len(counted)
    return Part(
        name=name,
        states=Counter(map(_standing, trials)),
        evaluated=len(counted),
        total=total,
        last=ends[-1] if ends else None,
        seconds_left=_seconds_left(ends, left),
    )


def standing(record: Mapping[str, Any], parts: list[Part], now: datetime) -> Iterator[str]:
    """Yield the lines on a run: its state, then each part. `now` is local, as Optuna's times are."""
    reason = f": {one_line(str(record['reason']), LONGEST_REASON)}" if record.get("reason") else ""
    ended = f", ended {record['finished']}" if record.get("finished") else ""
    yield f"{record.get('state', 'finished')}{reason}, began {record.get('started', 'at an unknown time')}{ended}"
    going = record.get("state") == "running"
    for part in parts:
        of = "" if part.total is None else f" of {part.total:,}"
        states = ", ".join(f"{count:,} {state}" for state, count in sorted(part.states.items()))
        yield f"{part.name}: {part.evaluated:,}{of} evaluated ({states or 'no trial yet'})"
        if part.last is not None and going:
            yield f"  the last trial ended {_ago(now - part.last)}"
        if part.seconds_left and going:
            yield f"  about {timedelta(seconds=round(part.seconds_left))} left at the pace of the last trials"


def local_now() -> datetime:
    """Return the time of this machine without a zone, as Optuna writes it."""
    return datetime.now(UTC).astimezone().replace(tzinfo=None)


def _ago(passed: timedelta) -> str:
    """Say how long ago something was; times of a day say little once a clock was set back."""
    seconds = round(passed.total_seconds())
    return f"{timedelta(seconds=seconds)} ago" if seconds >= 0 else "at a time that is to come: the clock was set back"


def _seconds_left(ends: list[datetime], left: int | None) -> float | None:
    recent = ends[-20:]
    if left is None or len(recent) < FEWEST:
        return None
    return max(0, left) * (recent[-1] - recent[0]).total_seconds() / (len(recent) - 1)


def _standing(trial: FrozenTrial) -> str:
    if trial.state == TrialState.PRUNED:
        return "over limit" if "over_limit" in trial.user_attrs else "stopped"
    return {"complete": "done", "fail": "failed", "running": "at work"}.get(trial.state.name.lower(), "waiting")

"""The trackers that an experiment names. No torch until one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from search_spaces.errors import InvalidInput, described
from trials.study.candidate import Finished
from trials.tracking.event_files import EventFiles
from trials.tracking.finished_trial import Tracker, told
from trials.tracking.tracking_server import TrackingServer

KEY = "compute.log_to"
TRACKERS: dict[str, Callable[[Path], Tracker]] = {"tensorboard": EventFiles, "mlflow": TrackingServer}

Track = Callable[[str, Finished], None]


def require_trackers(names: Iterable[str]) -> None:
    """Raise InvalidInput where the package of a tracker is not installed."""
    for name in names:
        if find_spec(name) is None:
            raise InvalidInput(KEY, name, f"an environment with it: pip install 'compound-nas[{name}]'")


@contextmanager
def open_trackers(names: Iterable[str], folder: Path, tell: Callable[[str], None]) -> Iterator[Track]:
    """Give what takes the name of a study and a trial of it that ended, for a while.

    A tracker that fails is told once and left out from then on: the study holds everything, and the run goes on.
    """
    wanted = list(names)
    require_trackers(wanted)
    trackers: dict[str, Tracker] = {}

    def attempt(name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            trackers.pop(name, None)
            tell(f"warning: {name} is left out from here on: {described(error)}")

    def track(study: str, finished: Finished) -> None:
        for name, tracker in list(trackers.items()):
            attempt(name, lambda tracker=tracker: tracker.add(told(study, finished)))  # type: ignore[misc]

    for name in wanted:
        attempt(name, lambda name=name: trackers.update({name: TRACKERS[name](folder)}))  # type: ignore[misc]
    try:
        yield track
    finally:
        for name, tracker in list(trackers.items()):
            attempt(name, tracker.close)

"""A study as a sampler sees it: trials as points of the space, each decoded once. No torch."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optuna.study import StudyDirection
from optuna.trial import TrialState

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import Parameters, SearchSpace
from trials.study.internals import was_enqueued
from trials.study.reader import StudyReader

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """A finished trial.

    `reward` is larger for better networks whatever the study's direction, and None unless the trial ran to its end
    in a study of one objective. `violation` is the sum of the constraints it breaks, 0 where it is feasible;
    `constraints` are all of them by name, above 0 where broken.
    `enqueued` trials were somebody else's proposal.
    """

    number: int
    parameters: Parameters
    reward: float | None
    violation: float
    constraints: Mapping[str, float]
    enqueued: bool

    @property
    def teaches(self) -> bool:
        """Whether it ran to its end within the limits: stopped, failed and rejected trials teach nothing."""
        return self.reward is not None and self.violation == 0


class History:
    """The trials of one study, read again before every proposal; only what is new is decoded.

    It holds nothing that is not in the study, so losing it costs time and changes no proposal.
    """

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self.reader: StudyReader | None = None  # another one with every study
        self._forget()

    def _forget(self) -> None:
        self._keys: set[str] = set()
        self._running: dict[int, tuple[Parameters, str]] = {}  # number -> options, key
        self._outcomes: dict[int, Observation] = {}
        self.teachers: list[Observation] = []  # by number
        self.rejected: list[Observation] = []  # never trained, by how little they broke the limits
        self.constrained: list[Observation] = []  # with constraints, kept or broken: by number

    def update(self, study: Study, own: int) -> None:
        """Take in what happened since the last call. `own` is the number of the trial to be proposed."""
        if self.reader is None or not self.reader.reads(study):
            self._forget()
            self.reader = StudyReader(study)
        self._running = {}
        for trial in self.reader.changed():
            self._read(trial, study.directions, own)

    @property
    def first_unfinished(self) -> int:
        """The smallest number of a trial that may still change; the number of trials where there is none."""
        return self.reader.first_unfinished if self.reader else 0

    def __contains__(self, architecture: Architecture) -> bool:
        """Tell whether this network was proposed before, by another worker's running trial too."""
        key = architecture.key
        return key in self._keys or any(key == running for _, running in self._running.values())

    @property
    def running(self) -> list[Parameters]:
        """The networks that are being evaluated, by the numbers of their trials."""
        return [parameters for _, (parameters, _) in sorted(self._running.items(), key=lambda item: item[0])]

    def between(self, start: int, stop: int) -> tuple[Observation, ...]:
        """Return the finished trials with numbers from `start` to below `stop`, by number."""
        found = (self._outcomes.get(number) for number in range(start, stop))
        return tuple(outcome for outcome in found if outcome is not None)

    def _read(self, trial: FrozenTrial, directions: list[StudyDirection], own: int) -> None:
        point = self._point(trial.params)
        if not trial.state.is_finished():
            if point is not None and trial.number != own:
                self._running[trial.number] = point
        elif point is not None:
            parameters, key = point
            self._keys.add(key)
            self._record(_outcome(trial, parameters, directions))

    def _record(self, outcome: Observation) -> None:
        self._outcomes[outcome.number] = outcome
        if outcome.constraints:
            insort(self.constrained, outcome, key=lambda other: other.number)
        if outcome.teaches:
            insort(self.teachers, outcome, key=lambda other: other.number)
        elif outcome.violation > 0:
            insort(self.rejected, outcome, key=lambda other: (other.violation, other.number))

    def _point(self, params: dict[str, Any]) -> tuple[Parameters, str] | None:
        """Return the options of a trial and the network's key, None where it is no whole point of the space."""
        try:
            parameters = {choice.name: params[choice.name] for choice in self._space.choices}
            return parameters, self._space.decode(parameters).key
        except (KeyError, InvalidInput):
            return None


def _outcome(trial: FrozenTrial, parameters: Parameters, directions: list[StudyDirection]) -> Observation:
    complete = trial.state == TrialState.COMPLETE and len(directions) == 1
    value = trial.values[0] if complete and trial.values else math.nan
    sign = 1 if directions[0] == StudyDirection.MAXIMIZE else -1
    constraints = trial.constraints
    return Observation(
        number=trial.number,
        parameters=parameters,
        reward=sign * value if math.isfinite(value) else None,
        violation=sum(value for value in constraints.values() if value > 0),
        constraints=constraints,
        enqueued=was_enqueued(trial),
    )

"""Networks that a study has proposed: which were evaluated, and which trials wait for an equal one. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from optuna.trial import TrialState

from trials.study.attributes import key_of
from trials.study.overview import was_evaluated

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.trial import FrozenTrial


@dataclass(kw_only=True)
class KnownNetworks:
    """The networks of one study by their keys.

    A follower is a trial whose network another trial, its leader, is evaluating at the moment: it ends as that one.
    """

    _proposed: set[str] = field(default_factory=set, init=False)
    _first_with: dict[str, FrozenTrial] = field(default_factory=dict, init=False)
    _followers: dict[int, list[Trial]] = field(default_factory=dict, init=False)  # by the leader's number

    def __len__(self) -> int:
        return len(self._proposed)

    def add(self, key: str) -> None:
        """Note that a network was proposed."""
        self._proposed.add(key)

    def take_in(self, ended: FrozenTrial) -> list[Trial]:
        """Take in a trial that ended and return its followers, which are to end alike."""
        key = key_of(ended)
        if key is not None:
            self.add(key)
            if ended.state == TrialState.COMPLETE and was_evaluated(ended):
                self._first_with.setdefault(key, ended)
        return self._followers.pop(ended.number, [])

    def evaluated_with(self, key: str) -> FrozenTrial | None:
        """Return the trial that evaluated a network, None where none has."""
        return self._first_with.get(key)

    def follow(self, follower: Trial, leader: int) -> None:
        """Let a trial wait for the trial with number `leader`."""
        self._followers.setdefault(leader, []).append(follower)

    @property
    def following(self) -> list[int]:
        """The numbers of all followers."""
        return [trial.number for trials in self._followers.values() for trial in trials]

    def forget_followers(self) -> None:
        """Wait for no trial any longer."""
        self._followers.clear()

"""What changed in a study since the last look. No torch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial


class StudyReader:
    """Read a study's trials again and again: all of them at first, then only those that may have changed.

    It reads the storage and not `study.get_trials`, which lists every trial each time (at thousands of trials that
    costs more than a proposal) and under Hyperband shows one bracket only.
    """

    def __init__(self, study: Study) -> None:
        self._storage, self._study_id = study._storage, study._study_id
        self._unfinished: dict[int, int] | None = None  # number -> Optuna's id
        self._known = 0

    def reads(self, study: Study) -> bool:
        """Tell whether this is the study that is read."""
        return (self._storage, self._study_id) == (study._storage, study._study_id)

    def changed(self) -> list[FrozenTrial]:
        """Return the trials that are new and those that were unfinished at the last call, by number."""
        if self._unfinished is None:
            trials = self._storage.get_all_trials(self._study_id, deepcopy=False)
        else:
            changing = [self._storage.get_trial(trial_id) for trial_id in self._unfinished.values()]
            trials = [*changing, *_trials_from(self._known, self._storage, self._study_id)]
        self._unfinished = {trial.number: trial._trial_id for trial in trials if not trial.state.is_finished()}
        self._known = max([self._known, *(trial.number + 1 for trial in trials)])
        return trials

    @property
    def first_unfinished(self) -> int:
        """The smallest number of a trial that may still change; the number of trials where there is none."""
        return min(self._unfinished or (), default=self._known)


def _trials_from(number: int, storage: BaseStorage, study_id: int) -> Iterator[FrozenTrial]:
    """Yield the trials with this number and above, as many as there are."""
    for above in itertools.count(number):
        try:
            trial_id = storage.get_trial_id_from_study_id_trial_number(study_id, above)
        except KeyError:
            return
        yield storage.get_trial(trial_id)

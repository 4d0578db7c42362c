"""A study read again and again: only trials that may have changed since the last look. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trials.study.internals import read_trials, storage_of, study_id_of, trial_id_of

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


class StudyReader:
    """Read a study's trials again and again: all of them at first, then only those that may have changed.

    It reads the storage and not `study.get_trials`, which lists every trial each time (at thousands of trials that
    costs more than a proposal) and under Hyperband shows one bracket only.
    """

    def __init__(self, study: Study) -> None:
        self._storage, self._study_id = storage_of(study), study_id_of(study)
        self._unfinished: dict[int, int] | None = None  # number -> Optuna's id
        self._known, self._last_id = 0, -1

    def reads(self, study: Study) -> bool:
        """Tell whether this is the study that is read."""
        return (self._storage, self._study_id) == (storage_of(study), study_id_of(study))

    def changed(self) -> list[FrozenTrial]:
        """Return the trials that are new and those that were unfinished at the last call, by number."""
        if self._unfinished is None:
            trials = self._storage.get_all_trials(self._study_id, deepcopy=False)
        else:
            ids = self._unfinished.values()
            trials = read_trials(self._storage, self._study_id, ids, number=self._known, above=self._last_id)
        self._unfinished = {trial.number: trial_id_of(trial) for trial in trials if not trial.state.is_finished()}
        self._known = max([self._known, *(trial.number + 1 for trial in trials)])
        self._last_id = max([self._last_id, *map(trial_id_of, trials)])
        return trials

    @property
    def first_unfinished(self) -> int:
        """The smallest number of a trial that may still change; the number of trials where there is none."""
        return min(self._unfinished or (), default=self._known)

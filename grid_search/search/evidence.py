"""Finished trials of `nas run` that a law counts: the baseline scaled, and trained alike. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from grid_search.compound_scaling import AXES
from grid_search.config import ScaleExperiment
from grid_search.law_search.pool import Pool
from grid_search.law_search.search import SEARCHED
from grid_search.law_search.shapes import multipliers_between
from grid_search.search.candidates import as_coefficients, planned
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from trials.resolving import space_of
from trials.study.attributes import DUPLICATE_OF, METRICS, NETWORK, SETTINGS, key_of
from trials.study.plan import Judged
from trials.study.settings import decisive_settings, defaults_of_old, of_today, require_same, without_places
from trials.study.snapshot import RECORD, read_record, read_studies, readable_url

ALIKE = ("objective", "resolution", "data", "proxy", "training", "cost", "compute")  # what an accuracy depends on
ACCURACY, THERE = "val_accuracy", "there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What the search of stage 1 gives a law: `judged` of its `finished` trials; `reason` where it gives none."""

    judged: tuple[Judged, ...] = ()
    finished: int = 0
    reason: str | None = None

    @property
    def line(self) -> str | None:
        """What is said of it; None where no search has finished a trial."""
        if self.reason is None and not self.finished:
            return None
        trials = f"of {self.finished} trials of `nas run`" if self.finished else "of `nas run`"
        if not self.judged:
            return f"evidence: none {trials}: {self.reason}"
        return (
            f"evidence: {len(self.judged)} {trials} are the baseline deeper, wider or sharper and trained alike: the "
            "law counts them"
        )


def evidence_of(experiment: ScaleExperiment, pool: Pool, out: Path) -> Evidence:
    """Return the trials of `nas run` with the experiment's results in `out` that a law over `pool` counts.

    Those are trained under the same settings, and make the baseline by scaling its depth, width and resolution. The
    baseline's own is none: it was chosen for its accuracy, which is too high for that. Raises InvalidInput for data
    that cannot be read.
    """
    folder = out / experiment.name / "nas"
    if not (folder / RECORD).is_file():
        return Evidence()
    wanted = decisive_settings(experiment)
    try:
        recorded, trials = _finished(folder, experiment.name)
        space = space_of(replace(experiment, space=str(recorded.get("space", experiment.space))))
    except InvalidInput as error:
        return Evidence(reason=f"they cannot be read ({error})")
    if not trials:
        return Evidence()
    differs = _difference(recorded, wanted)
    judged = tuple(_judged(trials, pool, space)) if differs is None else ()
    others = f"each differs from {pool.baseline.name} in more than depth, width and resolution"
    return Evidence(judged=judged, finished=len(trials), reason=None if judged else differs or others)


def _finished(folder: Path, name: str) -> tuple[dict[str, Any], list[FrozenTrial]]:
    """Return the settings of a search and its trials with an accuracy; none where it has no study yet."""
    nas = read_record(folder)["settings"].get("nas")
    url = nas.get("storage") if isinstance(nas, dict) else None
    study = read_studies(folder, f"{name}/nas/", readable_url(url)).get("candidates")
    if study is None:
        return {}, []
    recorded = study.user_attrs.get(SETTINGS)
    trials = [trial for trial in study.get_trials(deepcopy=False) if _counts(trial)]
    return recorded if isinstance(recorded, dict) else {}, trials


def _counts(trial: FrozenTrial) -> bool:
    attributes = trial.user_attrs
    metrics = attributes.get(METRICS)
    return (
        trial.state == TrialState.COMPLETE
        and DUPLICATE_OF not in attributes
        and isinstance(attributes.get(NETWORK), dict)
        and isinstance(metrics, dict)
        and isinstance(metrics.get(ACCURACY), int | float)
    )


def _difference(recorded: Mapping[str, Any], wanted: Mapping[str, Any]) -> str | None:
    """Return which setting was another one in stage 1, None where all on which an accuracy depends are the same."""
    there, here = ({key: said.get(key) for key in ALIKE} for said in (of_today(without_places(recorded)), wanted))
    try:
        require_same(there, here, said=THERE, defaults=defaults_of_old(wanted))
    except InvalidInput as error:
        return f"{error.key} is {error.value!r} here and was {error.accepted.removesuffix(f', {THERE}')} {THERE}"
    return None


def _judged(trials: list[FrozenTrial], pool: Pool, space: SearchSpace) -> Iterator[Judged]:
    baseline, rounding = pool.baseline, pool.config.rounding
    fixed = [axis for axis in AXES if axis not in pool.axes]
    for trial in trials:
        network = _network(trial, space)
        if network is None or network.key == baseline.key:
            continue
        found = multipliers_between(baseline, network, rounding)
        if found is not None and all(getattr(found, axis) == 1 for axis in fixed):
            attributes = {name: trial.user_attrs[name] for name in (NETWORK, METRICS)}
            value = attributes[METRICS][ACCURACY]
            yield Judged(planned=planned(SEARCHED, as_coefficients(found), 0), value=value, attributes=attributes)


def _network(trial: FrozenTrial, space: SearchSpace) -> Architecture | None:
    """Return the network of a trial, None where the space is no longer what it was."""
    try:
        network = space.decode(trial.params)
    except InvalidInput:
        return None
    return network if network.key == key_of(trial) else None

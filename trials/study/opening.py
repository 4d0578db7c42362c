"""Studies: opened, or opened again only for the settings they began with. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import optuna
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage
from optuna.trial import TrialState

from search_spaces.errors import InvalidInput
from trials.study.attributes import EXPECTED, FAILURE, FORMAT, KEY, LEASE, METRICS, NETWORK, RUNGS, SETTINGS, network_of
from trials.study.settings import defaults_of_old, of_today, require_same, without_places

Direction = Literal["maximize", "minimize"]
WRITTEN_FORMAT = 1


def open_study(
    storage: BaseStorage,
    name: str,
    *,
    sampler: BaseSampler,
    settings: Mapping[str, Any],
    directions: Sequence[Direction] = ("maximize",),
    pruner: optuna.pruners.BasePruner | None = None,
) -> optuna.Study:
    """Create a study or open it again.

    Raises InvalidInput where its settings are no longer those it began with (one that is not recorded, because the
    study is older than the setting, had today's default; see `decisive_settings` for which there are), where its
    objectives are others, and where a later version wrote it.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=storage,
        study_name=name,
        sampler=sampler,
        pruner=pruner or optuna.pruners.NopPruner(),
        directions=list(directions),
        load_if_exists=True,
    )
    attributes = study.user_attrs
    if SETTINGS not in attributes:
        study.set_user_attr(FORMAT, WRITTEN_FORMAT)
        study.set_user_attr(SETTINGS, dict(settings))
        return study
    written, recorded = attributes.get(FORMAT, 1), attributes[SETTINGS]
    if written not in range(1, WRITTEN_FORMAT + 1):
        accepted = f"at most {WRITTEN_FORMAT}: a later version of compound-nas began this study"
        raise InvalidInput(f"{name}: format", written, accepted)
    if not isinstance(recorded, dict):
        raise InvalidInput(f"{name}: settings", recorded, "a mapping: the storage is damaged")
    _require_same(recorded, settings)
    _require_readable(study)
    return study


def _require_readable(study: optuna.Study) -> None:
    """Refuse a study in which a finished trial does not say what it evaluated, or attributes are not what we write."""
    for trial in study.get_trials(deepcopy=False):
        if not _is_readable(trial.user_attrs):
            accepted = "trials with attributes as compound-nas writes them: the storage is damaged"
            raise InvalidInput(f"study {study.study_name}", f"trial {trial.number}", accepted)
        if trial.state == TrialState.COMPLETE and not network_of(trial):
            accepted = f"trials with their {NETWORK}: the storage is damaged"
            raise InvalidInput(f"study {study.study_name}", f"trial {trial.number}", accepted)


def _is_readable(attributes: Mapping[str, Any]) -> bool:
    lease = attributes.get(LEASE, {})
    return (
        all(_are_figures(attributes.get(name, {})) for name in (NETWORK, METRICS))
        and isinstance(lease, dict)
        and isinstance(lease.get("attempt", 0), int)
        and isinstance(attributes.get(FAILURE, ""), str)
        and isinstance(attributes.get(EXPECTED, []), list | tuple)
        and isinstance(rungs := attributes.get(RUNGS, {}), dict)
        and all(str(step).isdecimal() for step in rungs)
    )


def _are_figures(said: Any) -> bool:
    """Tell whether it is a mapping of names to numbers, but for a network's key."""
    return isinstance(said, dict) and all(
        isinstance(value, str if name == KEY else int | float | None) for name, value in said.items()
    )


def _require_same(recorded: dict[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse changed settings; those of earlier versions name places too and know neither threads nor content."""
    known = of_today(without_places(recorded))
    known.setdefault("compute", wanted.get("compute"))
    said = "with which this study began (or start another one: --out)"
    require_same(known, without_places(wanted), said=said, defaults=defaults_of_old(wanted))

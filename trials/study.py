"""Studies: opened, or opened again only for the settings they began with. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import optuna
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage

from search_spaces.errors import InvalidInput

Direction = Literal["maximize", "minimize"]
SETTINGS = "settings"


def open_study(
    storage: BaseStorage,
    name: str,
    *,
    sampler: BaseSampler,
    settings: Mapping[str, Any],
    directions: Sequence[Direction] = ("maximize",),
    pruner: optuna.pruners.BasePruner | None = None,
) -> optuna.Study:
    """Create a study or open it again. Raises InvalidInput where its settings are no longer those it began with."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=storage,
        study_name=name,
        sampler=sampler,
        pruner=pruner or optuna.pruners.NopPruner(),
        directions=list(directions),
        load_if_exists=True,
    )
    recorded = study.user_attrs.get(SETTINGS)
    if recorded is None:
        study.set_user_attr(SETTINGS, dict(settings))
    else:
        _refuse_changes("", recorded, dict(settings))
    return study


def _refuse_changes(prefix: str, recorded: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for key in {**recorded, **wanted}:
        old, new = recorded.get(key), wanted.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            _refuse_changes(f"{prefix}{key}.", old, new)
        elif old != new:
            raise InvalidInput(
                f"{prefix}{key}", new, f"{old!r}, with which this study began (or start another one: --out)"
            )

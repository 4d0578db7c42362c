"""Values to be written of one trial, collected so that a storage can write them in one go. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage


@dataclass(kw_only=True, slots=True)
class Writes:
    """Parameters of one trial (name -> Optuna's inner value, distribution) and its attributes."""

    params: dict[str, tuple[float, BaseDistribution]] = field(default_factory=dict)
    user_attrs: dict[str, Any] = field(default_factory=dict)
    system_attrs: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.params or self.user_attrs or self.system_attrs)


class WritesCollector:
    """Stands in for a storage: it collects what is written of one trial and hands on everything else."""

    def __init__(self, storage: BaseStorage) -> None:
        self._storage = storage
        self.writes = Writes()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def set_trial_param(self, _trial_id: int, name: str, value: float, distribution: BaseDistribution) -> None:
        """Collect a parameter."""
        self.writes.params[name] = (value, distribution)

    def set_trial_user_attr(self, _trial_id: int, key: str, value: Any) -> None:
        """Collect an attribute of ours."""
        self.writes.user_attrs[key] = value

    def set_trial_system_attr(self, _trial_id: int, key: str, value: Any) -> None:
        """Collect an attribute of Optuna's."""
        self.writes.system_attrs[key] = value


def write_one_by_one(storage: BaseStorage, trial_id: int, writes: Writes) -> None:
    """Write by the methods that every storage has."""
    for name, (value, distribution) in writes.params.items():
        storage.set_trial_param(trial_id, name, value, distribution)
    for key, attribute in writes.user_attrs.items():
        storage.set_trial_user_attr(trial_id, key, attribute)
    for key, attribute in writes.system_attrs.items():
        storage.set_trial_system_attr(trial_id, key, attribute)

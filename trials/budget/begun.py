"""The training that a study began with, and how far it is: a study goes on with the same one. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trials.study.attributes import SETTINGS
from trials.study.overview import was_evaluated
from trials.study.snapshot import read_studies


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """What decides a trial of a study that was begun, and how many of its candidates were evaluated."""

    settings: Mapping[str, Any]
    evaluated: int

    @property
    def training(self) -> dict[str, Any]:
        """The lengths among its settings, as those of an experiment."""
        shared = self._section("objective").get("training") or {}
        return {
            "data.train_images": self._section("data").get("train_images"),
            "training.epochs": self._section("training").get("epochs"),
            "objective.training.epochs": shared.get("epochs"),
        }

    @property
    def proxy(self) -> Mapping[str, Any]:
        """The proxy of its trainings; empty where none is known."""
        return self._section("proxy")

    @property
    def pruner(self) -> str:
        """What stops its trainings early."""
        return str(self.settings.get("pruner", "none"))

    @property
    def weight_of_cost(self) -> Any:
        """The `w` of its reward."""
        return self._section("reward").get("w")

    def _section(self, name: str) -> Mapping[str, Any]:
        section = self.settings.get(name)
        return section if isinstance(section, Mapping) else {}


def begun_study(folder: Path, name: str, url: str | None) -> Begun | None:
    """Return what is known of a study by its whole name; None where it was not begun. Nothing is written."""
    study = read_studies(folder, name, url).get("")
    settings = study.user_attrs.get(SETTINGS) if study is not None else None
    if study is None or not isinstance(settings, Mapping):
        return None
    ended = [trial for trial in study.get_trials(deepcopy=False) if trial.state.is_finished()]
    return Begun(settings=settings, evaluated=sum(map(was_evaluated, ended)))

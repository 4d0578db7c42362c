"""A finished search read again: its trials, and networks by the names that commands accept. No torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from nas.config import NasExperiment
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from search_spaces.files import read_yaml
from trials.accounting import reward_of_values
from trials.resolving import space_of
from trials.study.attributes import DUPLICATE_OF
from trials.study.storage import open_storage

TOP = re.compile(r"top-([0-9]{1,6})")


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedNetwork:
    """A network and a name that is safe as a folder: `trial-17` for a candidate, else the architecture's own."""

    name: str
    architecture: Architecture


def candidates_of(experiment: NasExperiment, out: Path) -> optuna.Study:
    """Open the study of candidates that `nas run` keeps. Raises InvalidInput where there is none yet."""
    name, url = experiment.name, experiment.nas.storage
    journal = out / name / "nas" / "study.journal"
    wanted = InvalidInput("experiment", name, f"an experiment with a finished search; run `nas run {name}` first")
    if url is None and not journal.is_file():
        raise wanted
    try:
        return optuna.load_study(study_name=f"{name}/nas/candidates", storage=open_storage(url, journal))
    except KeyError:
        raise wanted from None


def named_networks(source: str, experiment: NasExperiment, out: Path) -> list[NamedNetwork]:
    """Return the networks that `best`, `top-3`, or any other name of a network (`load_architecture`) stand for.

    `best` is what `nas run` wrote to best.yaml, `top-3` the three candidates of its study with the highest reward.
    """
    if source == "best":
        return [_best(out / experiment.name / "nas" / "best.yaml", experiment.name)]
    if match := TOP.fullmatch(source):
        return _leaders(int(match[1]), experiment, out)
    try:
        architecture = load_architecture(source)
    except InvalidInput as error:
        if error.value != source:
            raise
        raise InvalidInput(error.key, source, f"best, top-3, {error.accepted}", ("best", *error.names)) from None
    return [NamedNetwork(name=folder_name(architecture.name), architecture=architecture)]


def named_network(source: str, experiment: NasExperiment, out: Path) -> NamedNetwork:
    """Return the one network that `source` stands for. Raises InvalidInput where it stands for several."""
    networks = named_networks(source, experiment, out)
    if len(networks) > 1:
        raise InvalidInput("architecture", source, "one network: best, top-1, a file, timm:MODEL or a published name")
    return networks[0]


def folder_name(text: str) -> str:
    """Return `text` as the name of one visible folder: letters, digits, `_`, `-` and inner dots.

    >>> folder_name("../my net (2)")
    'my-net-2'
    """
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)[:100].strip(".-") or "network"


def _best(path: Path, name: str) -> NamedNetwork:
    if not path.is_file():
        raise InvalidInput("architecture", "best", f"a file, a published network, or `nas run {name}` first: no {path}")
    architecture = load_architecture(path)
    provenance: Any = read_yaml(path).get("provenance")
    trial = provenance.get("trial") if isinstance(provenance, dict) else None
    shown = f"trial-{trial}" if type(trial) is int else folder_name(architecture.name)
    return NamedNetwork(name=shown, architecture=architecture)


def _leaders(count: int, experiment: NasExperiment, out: Path) -> list[NamedNetwork]:
    trials = [trial for trial in candidates_of(experiment, out).get_trials(deepcopy=False) if _counts(trial)]
    if not 1 <= count <= len(trials):
        raise InvalidInput("architecture", f"top-{count}", f"top-1 to top-{len(trials)}: the candidates evaluated")
    space = space_of(experiment)
    ordered = sorted(trials, key=lambda trial: (-reward_of_values(trial.values, experiment.reward), trial.number))
    return [
        NamedNetwork(name=f"trial-{trial.number}", architecture=space.decode(trial.params)) for trial in ordered[:count]
    ]


def _counts(trial: FrozenTrial) -> bool:
    """Tell whether a trial is the first of its network and has a value."""
    return trial.state == TrialState.COMPLETE and DUPLICATE_OF not in trial.user_attrs

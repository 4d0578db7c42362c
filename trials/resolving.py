"""An experiment as it was written, completed by what follows from its images. No torch until data are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import TypeVar

from search_spaces.architecture import Architecture
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from search_spaces.validation import validated
from trials.derivation import SHARED_SEARCH, Settings, deployed_size, derive, merged, plain, shared_recipe
from trials.experiment import Experiment
from trials.experiment_file import DEFAULT_FILE, read_entry

Kind = TypeVar("Kind", bound=Experiment)
BUDGETED_ROOM = 2.0  # a budget may allow pictures twice as large


def complete_experiment(
    kind: type[Kind], name: str, file: Path = DEFAULT_FILE, overrides: Iterable[str] = (), *, room: float = 1.0
) -> Kind:
    """Read one entry of an experiments file, with a value for all that its user left open; what is written stands.

    Classes, channels and resolution come from the data where candidates are trained or scored on them. A `proxy` that
    is written out is taken as it is, and is then one of networks at the space's resolution unless `resolution` says
    otherwise. `room` is how many times as many pixels along a side the largest network has. Raises InvalidInput for
    what is not understood and for data that cannot be read.
    """
    entry = read_entry(name, file, overrides)
    experiment = validated(kind, entry, name)
    if not experiment.objective.uses_torch:
        return experiment
    return validated(kind, merged(_derived(experiment, entry, room), entry), name)


def _derived(experiment: Experiment, entry: Settings, room: float) -> Settings:
    from trials.data.facts import data_facts

    space = load_space(experiment.space)
    facts = data_facts(experiment.data.name, Path(experiment.data.folder))
    own = space.skeleton.input_size if "proxy" in entry else facts.size
    deployed = deployed_size(experiment.resolution, own, space.skeleton.input_size)
    alone = experiment.objective.name == "train"
    budgeted = experiment.budget is not None or experiment.training.budget is not None
    room *= largest_resolution(space) * (BUDGETED_ROOM if alone and budgeted else 1.0)
    used = experiment.data.train_images
    derived = {
        "resolution": plain(deployed),
        **derive(facts, deployed, space.skeleton, room, alone=alone, train_images=used),
    }
    if experiment.objective.name == "shared":
        images = experiment.data.train_images or derived["data"]["train_images"] or facts.train_images
        derived["nas"] |= SHARED_SEARCH
        derived["objective"] = {"training": shared_recipe(facts, images)}
    if "proxy" in entry:
        del derived["proxy"]
    if not is_dataclass(experiment.nas):  # the section of the other stage stays as it was written
        del derived["nas"]
    if not experiment.data.name.startswith("folder:") or "?" in experiment.data.name:
        del derived["data"]["resolution"]
    return derived


def space_of(experiment: Experiment) -> SearchSpace:
    """Return the experiment's search space, laid over the resolution of the deployed network."""
    space = load_space(experiment.space)
    return space if experiment.resolution is None else space.at_resolution(*_size(experiment.resolution))


def as_deployed(architecture: Architecture, experiment: Experiment) -> Architecture:
    """Return a network that was not made for this experiment (a published one) at the experiment's resolution."""
    return architecture if experiment.resolution is None else replace(architecture, resolution=experiment.resolution)


def _size(resolution: int | tuple[int, int]) -> tuple[int, int]:
    return (resolution, resolution) if isinstance(resolution, int) else resolution


def largest_resolution(space: SearchSpace) -> float:
    """Return the largest resolution that a space chooses from, relative to its skeleton's."""
    chosen = [
        value if isinstance(value, int) else max(value)
        for choice in space.choices
        for fields in choice.settings
        for name, value in fields
        if name == "resolution"
    ]
    own = max(space.skeleton.input_size)
    return max([own, *chosen]) / own

"""An experiment as it was written, completed by what follows from its images. No torch until data are looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from search_spaces.architecture import Architecture
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from search_spaces.validation import validated
from trials.derivation import Settings, deployed_size, derive, merged, plain
from trials.experiment import Experiment

AnyExperiment = TypeVar("AnyExperiment", bound=Experiment)


def resolved(experiment: AnyExperiment, name: str = "", room: float = 1.0) -> AnyExperiment:
    """Return the experiment with a value for all that its user left open; what was written stands.

    Classes, channels and resolution come from the data where candidates are trained or scored on them. A `proxy` that
    is written out is taken as it is, and is then one of networks at the space's resolution unless `resolution` says
    otherwise. An experiment made in Python is returned unchanged. `room` is how
    many times as many pixels along a side the largest network has. Raises InvalidInput for data that cannot be read.
    """
    written = experiment.written
    if written is None or not experiment.objective.needs_data:
        return experiment
    settings = merged(_derived(experiment, written, room), dict(written))
    return replace(validated(type(experiment), settings, name), written=None)


def _derived(experiment: Experiment, written: Any, room: float) -> Settings:
    from trials.data.facts import data_facts

    space = load_space(experiment.space)
    skeleton = space.skeleton
    facts = data_facts(experiment.data.name, Path(experiment.data.folder))
    own = skeleton.input_size if "proxy" in written else facts.size
    deployed = deployed_size(experiment.resolution, own, skeleton.input_size)
    derived = {"resolution": plain(deployed), **derive(facts, deployed, skeleton, room * largest_resolution(space))}
    if "proxy" in written:
        del derived["proxy"]
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

"""What a scaling search stands on: a grid, or the pool of a law. Both know baseline, task and the grid's settings."""

from __future__ import annotations

from pathlib import Path

from grid_search.config import ScaleConfig, ScaleExperiment
from grid_search.grid.enumeration import Grid, enumerate_grid
from grid_search.law_search.pool import Pool, network_pool
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import is_file, load_architecture
from search_spaces.task import Task
from trials.resolving import as_deployed

Ground = Grid | Pool


def make_ground(baseline: Architecture, config: ScaleConfig, task: Task) -> Ground:
    """Return the grid, or the pool of a law, over a baseline. Raises InvalidInput where nothing meets the settings."""
    if config.method == "grid":
        return enumerate_grid(baseline, config.grid, task)
    return network_pool(baseline, config.grid, config.law, task)


def ground_of(experiment: ScaleExperiment, out: Path) -> Ground:
    """Return the grid, or the pool of a law, of an experiment over its baseline at the deployed resolution.

    Raises InvalidInput where the experiment or its baseline cannot be used.
    """
    _check_rungs(experiment)
    baseline = deployed_baseline(experiment, out)
    try:
        return make_ground(baseline, experiment.scale, experiment.cost.task)
    except InvalidInput as error:
        raise error.inside(experiment.name) if error.key.startswith("scale.") else error from None


def _check_rungs(experiment: ScaleExperiment) -> None:
    rungs, epochs = experiment.scale.rungs, experiment.training.epochs
    if rungs and rungs[-1] >= epochs:
        key = f"{experiment.name}.scale.rungs"
        raise InvalidInput(key, list(rungs), f"fewer epochs than training.epochs ({epochs})")


def deployed_baseline(experiment: ScaleExperiment, out: Path) -> Architecture:
    """Return the baseline of an experiment, a published one at the deployed resolution. Raises InvalidInput."""
    source = experiment.scale.baseline
    baseline = load_baseline(source, out / experiment.name)
    return baseline if source is None else as_named(source, baseline, experiment)


def as_named(source: str, network: Architecture, experiment: ScaleExperiment) -> Architecture:
    """Return the network that `source` names: a file's as it is, a published one at the deployed resolution."""
    return network if is_file(source) else as_deployed(network, experiment)


def load_baseline(source: str | None, folder: Path) -> Architecture:
    """Return the baseline that was named, or else what stage 1 left in `folder`."""
    found = folder / "nas" / "best.yaml"
    if source is None and not found.is_file():
        accepted = (
            f"an architecture file or a published network; or `nas run {folder.name}` first, which writes {found}"
        )
        raise InvalidInput("--baseline", None, accepted)
    return load_architecture(found if source is None else source)

"""`nas.learn_from`: earlier searches and tables of known networks as sources. No torch.

What is learned of a network is the reward that it would have had here: its accuracy there, at the cost it has here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from nas.config import NasExperiment
from nas.samplers.predictor.sources import FEWEST_ROWS, Table
from nas.sources.tables import read_rows
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from trials.accounting import cost_counter
from trials.experiment import Experiment
from trials.resolving import as_deployed, space_of
from trials.reward import COUNTED
from trials.study.attributes import DUPLICATE_OF, METRICS
from trials.study.candidate import Metrics
from trials.study.snapshot import read_run, read_studies, readable_url

KEY = "nas.learn_from"
ACCEPTED = "a folder of results of `nas run`, or a CSV file of networks and their accuracies"
Known = tuple[Architecture, Metrics]


def earlier_tables(experiment: NasExperiment, space: SearchSpace) -> list[Table]:
    """Return a source for each entry of `nas.learn_from`. Raises InvalidInput for one that teaches nothing."""
    return [
        _table(Path(path).expanduser(), f"{KEY}.{index}", experiment, space)
        for index, path in enumerate(experiment.nas.learn_from)
    ]


def _table(path: Path, key: str, experiment: NasExperiment, space: SearchSpace) -> Table:
    if path.is_dir():
        known, there = _searched(path, key)
    elif path.is_file():
        known = ((network, {"val_accuracy": accuracy}) for network, accuracy in read_rows(path, space, key))
        there = "the file"
    else:
        raise InvalidInput(key, str(path), ACCEPTED)
    worth = _worth(experiment)
    total, points, values = 0, [], []
    for network, metrics in known:
        total += 1
        deployed = as_deployed(network, experiment)
        value = worth(deployed, metrics)
        if np.isfinite(value) and deployed in space:
            points.append(_position(space, deployed))
            values.append(value)
    if len(points) < FEWEST_ROWS:
        found = f"{path}: {len(points)} of its {total} evaluated networks are of the space {space.name}"
        raise InvalidInput(key, found, f"at least {FEWEST_ROWS} (the space of {there} has to be this one)")
    return Table(name=str(path), points=np.array(points, dtype=np.intp), values=np.array(values))


def _position(space: SearchSpace, network: Architecture) -> list[int]:
    parameters = space.encode(network)
    return [choice.options.index(parameters[choice.name]) for choice in space.choices]


def _searched(folder: Path, key: str) -> tuple[Iterator[Known], str]:
    """Return the networks that an earlier search evaluated, each once, with their metrics; and its name."""
    try:
        found, _, earlier = read_run(folder, "nas", "nas run", NasExperiment)
        studies = read_studies(found, f"{earlier.name}/nas/", readable_url(earlier.nas.storage))
    except InvalidInput as error:
        raise error.inside(key) from None
    if "candidates" not in studies:
        raise InvalidInput(key, str(folder), "a folder that still holds the study of its search")
    space, trials = space_of(earlier), studies["candidates"].get_trials(deepcopy=False)
    return ((space.decode(trial.params), trial.user_attrs.get(METRICS, {})) for trial in trials if _counts(trial)), (
        f"{earlier.name}, {space.name},"
    )


def _counts(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.COMPLETE and DUPLICATE_OF not in trial.user_attrs


def _worth(experiment: Experiment) -> Callable[[Architecture, Metrics], float]:
    """Return what a network with metrics of an earlier evaluation is worth to this experiment's reward."""
    reward, cost_of = experiment.reward, cost_counter(experiment)

    def worth(network: Architecture, metrics: Metrics) -> float:
        score = metrics.get("score", float("nan"))
        accuracy = metrics.get("val_accuracy", metrics.get("likelihood"))
        if accuracy is None or experiment.objective.measure == "score":
            return score if accuracy is None else accuracy
        cost = getattr(cost_of(network), reward.cost) if reward.cost in COUNTED else metrics.get(reward.cost)
        return accuracy if cost is None else reward(accuracy, cost)

    return worth

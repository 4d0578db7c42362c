"""The cost of a candidate, the limits it breaks and its reward, as an experiment says. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TypeVar

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.errors import InvalidInput
from trials.derivation import LIMITED
from trials.experiment import Experiment, Limits, ObjectiveConfig
from trials.proxy import apply_proxy
from trials.reward import Reward
from trials.study.candidate import Metrics

Kind = TypeVar("Kind", bound=Experiment)


def cost_counter(experiment: Experiment) -> Callable[[Architecture], Cost]:
    """Return the closed-form cost of a candidate, on the full network or on its proxy."""
    return lambda architecture: estimate_cost(network_counted(architecture, experiment), *experiment.cost.task)


def network_counted(architecture: Architecture, experiment: Experiment) -> Architecture:
    """Return the network that a candidate's cost is that of: itself or its proxy."""
    return architecture if experiment.cost.network == "full" else apply_proxy(architecture, experiment.proxy)


def require_accuracy(experiment: Experiment, command: str) -> None:
    """Raise InvalidInput where candidates are not trained themselves, but scored or judged by shared weights."""
    if experiment.objective.measure != "val_accuracy":
        accepted = f"train, a benchmark or python: {command} needs accuracies of trained networks"
        raise InvalidInput("objective.name", experiment.objective.name, accepted)


def trained_alone(experiment: Kind) -> Kind:
    """Return the experiment with networks trained alone, by its `training`, whatever its candidates are judged by."""
    return replace(experiment, objective=ObjectiveConfig())


def with_accuracies(experiment: Kind, command: str) -> Kind:
    """Return the experiment as a command needs it that compares accuracies: without shared weights, trained alone.

    Raises InvalidInput where candidates have scores.
    """
    if experiment.objective.name == "shared":
        return trained_alone(experiment)
    require_accuracy(experiment, command)
    return experiment


def reward_of(experiment: Experiment) -> Callable[[Metrics, Cost], list[float]]:
    """Return the study's value: the experiment's reward of accuracy and the cost it names, or a score as it is.

    With shared weights the likelihood takes the place of the accuracy.
    """
    reward, measure = experiment.reward, experiment.objective.measure
    if measure == "score":
        return lambda metrics, _cost: [metrics["score"]]
    return lambda metrics, cost: [reward.measured(metrics)(metrics[measure], _named(reward.cost, metrics, cost))]


def accuracy_alone(metrics: Metrics, _cost: Cost) -> list[float]:
    """Return the study's value where accuracies are compared and nothing is charged for cost."""
    return [metrics["val_accuracy"]]


def objectives_of(experiment: Experiment) -> Callable[[Metrics, Cost], list[float]]:
    """Return the two values of a Pareto study: accuracy, to be maximized, and what is charged, to be minimized."""
    reward, measure = experiment.reward, experiment.objective.measure
    return lambda metrics, cost: [metrics[measure], reward.charge(_named(reward.cost, metrics, cost))]


def reward_of_values(values: Sequence[float], reward: Reward) -> float:
    """Return the value of a study's trial, or where it has two (accuracy, what is charged) the reward of the two.

    >>> reward_of_values([0.8, 400e6], Reward(target="400M"))
    0.8
    """
    if len(values) == 1:
        return float(values[0])
    accuracy, charged = values
    # what is charged for a rate is its inverse, and `charge` is its own inverse; earlier versions kept impossible costs
    return reward(accuracy, reward.charge(charged)) if charged > 0 else float("nan")


def _named(name: str, metrics: Metrics, cost: Cost) -> float:
    known: Metrics = {**asdict(cost), **metrics}
    if name not in known:
        raise InvalidInput("reward.cost", name, known)
    if not 0 < known[name] < math.inf:
        raise InvalidInput(f"metrics.{name}", known[name], "a number above 0: the reward charges it")
    return known[name]


def limit_excess(limits: Limits) -> Callable[[Cost], dict[str, float]]:
    """Return name -> cost / limit - 1 for every limit that is set: above 0 is over the limit.

    What a cost does not tell, a latency that was not measured, is left out.
    """
    wanted = {name: float(limit) for name in LIMITED if (limit := getattr(limits, name)) is not None}

    def excess(cost: Cost) -> dict[str, float]:
        known = {name: getattr(cost, LIMITED[name], None) for name in wanted}
        return {name: value / wanted[name] - 1 for name, value in known.items() if value is not None}

    return excess

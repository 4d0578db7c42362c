"""What the cost of a candidate is and which limits it breaks, as an experiment says. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.errors import InvalidInput
from trials.candidate import Metrics
from trials.experiment import Experiment, Limits
from trials.proxy import apply_proxy


def cost_counter(experiment: Experiment) -> Callable[[Architecture], Cost]:
    """Return the closed-form cost of a candidate, on the full network or on its proxy."""
    classes = experiment.cost.num_classes
    if experiment.cost.network == "full":
        return lambda architecture: estimate_cost(architecture, classes)
    return lambda architecture: estimate_cost(apply_proxy(architecture, experiment.proxy), classes)


def reward_of(experiment: Experiment) -> Callable[[Metrics, Cost], list[float]]:
    """Return the study's value: the experiment's reward of accuracy and the cost it names, or a score as it is."""
    reward = experiment.reward
    if experiment.objective.measure == "score":
        return lambda metrics, _cost: [metrics["score"]]
    return lambda metrics, cost: [reward(metrics["val_accuracy"], _named(reward.cost, metrics, cost))]


def objectives_of(experiment: Experiment) -> Callable[[Metrics, Cost], list[float]]:
    """Return the two values of a Pareto study: accuracy, to be maximized, and what is charged, to be minimized."""
    reward = experiment.reward
    return lambda metrics, cost: [metrics["val_accuracy"], reward.charge(_named(reward.cost, metrics, cost))]


def _named(name: str, metrics: Metrics, cost: Cost) -> float:
    known: Metrics = {**asdict(cost), **metrics}
    if name not in known:
        raise InvalidInput("reward.cost", name, known)
    return known[name]


def limit_excess(limits: Limits) -> Callable[[Cost], dict[str, float]]:
    """Return name -> cost / limit - 1 for every limit that is set: above 0 is over the limit."""
    named = {"max_flops": "flops", "max_params": "params"}
    wanted = {name: float(limit) for name in named if (limit := getattr(limits, name)) is not None}
    return lambda cost: {name: getattr(cost, named[name]) / limit - 1 for name, limit in wanted.items()}

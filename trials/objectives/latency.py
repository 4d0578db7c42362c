"""Latency of candidates on this machine: measured once for each network and kept in the study. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from trials.accounting import cost_counter, limit_excess, network_counted
from trials.experiment import Experiment
from trials.study.attributes import KEY, LATENCY, network_of

if TYPE_CHECKING:
    import optuna

CountCost = Callable[[Architecture], Cost]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimedCost(Cost):
    """Cost, and the median milliseconds of one forward pass at batch 1 on this machine.

    None where another limit was broken already, infinite where the network could not be run.
    """

    measured_latency_ms: float | None = None


def timed_counter(experiment: Experiment, study: optuna.Study, *, limited: bool = True) -> CountCost:
    """Return what counts a candidate's cost and, where the experiment limits latency, measures that too.

    A network is measured once: what the study holds is not measured again. With `limited`, networks over a limit that
    is counted are not measured.
    """
    count = cost_counter(experiment)
    if experiment.limits.max_latency_ms is None:
        return count
    excess = limit_excess(experiment.limits)
    known: dict[str, float] = {}

    def timed(architecture: Architecture) -> Cost:
        cost = count(architecture)
        if limited and any(over > 0 for over in excess(cost).values()):
            return TimedCost(**asdict(cost))
        key = architecture.key
        if key not in known:
            known.update(_recorded(study))
        if key not in known:
            known[key] = latency_ms(architecture, experiment)
        return TimedCost(**asdict(cost), measured_latency_ms=known[key])

    return timed


def latency_ms(architecture: Architecture, experiment: Experiment) -> float:
    """Measure what the experiment counts (the network or its proxy) with its device and threads.

    The other cores should be idle. Infinite where the network cannot be run.
    """
    from search_spaces.measure import measure_latency
    from trials.training.equipment import choose_device, chosen_threads
    from trials.training.isolation import isolated

    device = choose_device(experiment.compute.device)
    network = network_counted(architecture, experiment)
    with isolated(device, chosen_threads(experiment.compute.threads)):
        try:
            return measure_latency(network, *experiment.cost.task, device=device)
        except RuntimeError:  # torch's, out of memory among them
            return math.inf


def _recorded(study: optuna.Study) -> dict[str, float]:
    networks = (network_of(trial) for trial in study.get_trials(deepcopy=False))
    return {network[KEY]: network[LATENCY] for network in networks if network.get(LATENCY) is not None}

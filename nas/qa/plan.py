"""The networks that `nas qa` evaluates and its trials. No torch."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nas.config import NasExperiment
from nas.finished_search import NamedNetwork
from search_spaces.architecture_file import architecture_mapping
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from trials.accounting import cost_counter, limit_excess
from trials.experiment import Experiment
from trials.resolving import as_deployed, space_of
from trials.session import NETWORK
from trials.study.candidate import derive_seed
from trials.study.plan import Planned

SHOWN, METHOD, EPOCHS, REPEAT = "shown", "method", "epochs", "repeat"
TRAIN = "train"
SCORES = ("synflow", "naswot", "grad_norm", "zen")
REPEATED_NETWORKS = 6  # as many are trained again over seeds: enough for a pooled sd, cheap beside the longer schedule
MOST_DRAWS = 1000  # for each network wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityPlan:
    """How many networks, over how many seeds some of them, and how much longer than the proxy's schedule."""

    networks: int
    seeds: int
    epochs_factor: int


def sample_networks(experiment: NasExperiment, count: int) -> list[NamedNetwork]:
    """Return the experiment's references and random ones of its space within the limits, `count` in all."""
    networks = [
        NamedNetwork(name=name, architecture=as_deployed(load_architecture(name), experiment))
        for name in experiment.nas.references[:count]
    ]
    space, cost_of, excess = space_of(experiment), cost_counter(experiment), limit_excess(experiment.limits)
    rng = random.Random(derive_seed(experiment.seed, 0))
    keys = {network.architecture.key for network in networks}
    for _ in range(MOST_DRAWS * count):
        if len(networks) == count:
            return networks
        drawn = space.sample(rng)
        if drawn.key not in keys and all(value <= 0 for value in excess(cost_of(drawn)).values()):
            keys.add(drawn.key)
            networks.append(NamedNetwork(name=f"random-{len(networks)}", architecture=drawn))
    raise InvalidInput("--networks", count, f"at most {len(networks)}: no others within the limits were found")


def planned(networks: Sequence[NamedNetwork], experiment: Experiment, plan: QualityPlan) -> Iterator[Planned]:
    """Yield the trials in order: each network by every method, then the seeds of some."""
    short = experiment.training.epochs
    for network in networks:
        yield _planned(network, TRAIN, short, 0)
        yield from (_planned(network, score, 0, 0) for score in SCORES)
        yield _planned(network, TRAIN, short * plan.epochs_factor, 0)
    for repeat in range(1, plan.seeds):
        yield from (_planned(network, TRAIN, short, repeat) for network in networks[:REPEATED_NETWORKS])


def _planned(network: NamedNetwork, method: str, epochs: int, repeat: int) -> Planned:
    return Planned(
        name=f"{network.architecture.key} {method} {epochs} epochs repeat {repeat}",
        labels={
            NETWORK: architecture_mapping(network.architecture),
            SHOWN: network.name,
            METHOD: method,
            EPOCHS: epochs,
            REPEAT: repeat,
        },
    )

"""Networks of a space within the limits, to measure how fast candidates are trained. No torch."""

from __future__ import annotations

import random

from search_spaces.architecture import Architecture
from trials.accounting import cost_counter, limit_excess
from trials.experiment import Experiment
from trials.resolving import space_of
from trials.study.candidate import derive_seed

TIMED = 3
MOST_DRAWN = 2_000


def networks_within(experiment: Experiment, count: int = TIMED) -> list[Architecture]:
    """Return random networks within the limits; where so many are hard to find, any of the space beside them."""
    space, cost, excess = space_of(experiment), cost_counter(experiment), limit_excess(experiment.limits)
    rng = random.Random(derive_seed(experiment.seed, 0))
    within: list[Architecture] = []
    others: list[Architecture] = []
    for _ in range(MOST_DRAWN):
        network = space.sample(rng)
        (within if all(over <= 0 for over in excess(cost(network)).values()) else others).append(network)
        if len(within) == count:
            break
    return (within + others)[:count]

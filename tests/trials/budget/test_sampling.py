from __future__ import annotations

from search_spaces.cost import estimate_cost
from trials.budget.sampling import networks_within
from trials.experiment import Experiment, Limits


def test_networks_are_within_the_limits_and_always_the_same() -> None:
    experiment = Experiment(limits=Limits(max_flops="300M"))
    networks = networks_within(experiment)
    assert len({network.key for network in networks}) == 3
    assert all(estimate_cost(network).flops <= 300e6 for network in networks)
    assert networks_within(experiment) == networks


def test_where_none_is_within_the_limits_others_stand_in() -> None:
    assert len(networks_within(Experiment(limits=Limits(max_flops=5)), 2)) == 2

from __future__ import annotations

import math

import pytest

from search_spaces.cost import Cost, estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from trials.accounting import (
    cost_counter,
    limit_excess,
    network_counted,
    objectives_of,
    require_accuracy,
    reward_of,
    reward_of_values,
    trained_alone,
    with_accuracies,
)
from trials.experiment import CostConfig, Experiment, Limits, ObjectiveConfig
from trials.proxy import Proxy
from trials.reward import Reward

COST = Cost(flops=300_000_000, params=5_000_000, activations=7_000_000)


@pytest.mark.parametrize(
    "reward",
    [
        Reward(target="400M"),
        Reward(kind="absolute", target="200M"),
        Reward(kind="hard", target="200M"),
        Reward(cost="latency_ms", target=5),
        Reward(kind="absolute", cost="throughput_a100", target=2000),
    ],
)
def test_a_pair_is_worth_what_one_value_would_be(reward: Reward) -> None:
    experiment = Experiment(reward=reward)
    metrics = {"val_accuracy": 0.75, "latency_ms": 7.5, "throughput_a100": 1500.0}
    (value,) = reward_of(experiment)(metrics, COST)
    assert reward_of_values(objectives_of(experiment)(metrics, COST), reward) == pytest.approx(value)


def test_one_value_is_itself_and_a_failed_pair_is_worth_nothing() -> None:
    assert reward_of_values([0.3], Reward()) == 0.3
    assert math.isnan(reward_of_values([math.nan, math.nan], Reward()))


B0 = reference("efficientnet-b0")
COST_OF_TRIAL = Cost(flops=200, params=30, activations=4)
METRICS = {"val_accuracy": 0.5, "latency_ms": 8.0}


def test_the_cost_is_that_of_the_network_or_of_its_proxy() -> None:
    proxy = Proxy(width=0.5, resolution=0.25)
    full = Experiment(proxy=proxy)
    small = Experiment(proxy=proxy, cost=CostConfig(network="proxy", num_classes=10))
    assert network_counted(B0, full) is B0
    assert network_counted(B0, small).resolution == 56
    assert cost_counter(full)(B0).params == 5_288_548  # published
    assert cost_counter(small)(B0) == estimate_cost(network_counted(B0, small), 10)


def test_the_reward_charges_the_cost_that_is_named() -> None:
    # MnasNet (arXiv:1807.11626): accuracy * (cost / target)^-0.07
    by_flops = reward_of(Experiment(reward=Reward(target=100)))
    by_latency = reward_of(Experiment(reward=Reward(cost="latency_ms", target=100)))
    assert by_flops(METRICS, COST_OF_TRIAL) == [pytest.approx(0.5 * 2**-0.07)]
    assert by_latency(METRICS, COST_OF_TRIAL) == [pytest.approx(0.5 * 0.08**-0.07)]


def test_a_cost_that_nobody_tells_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(InvalidInput, match=r"reward\.cost: got 'watts', accepted: flops, params, .*latency_ms"):
        reward_of(Experiment(reward=Reward(cost="watts")))(METRICS, COST_OF_TRIAL)


def test_a_pareto_study_weighs_accuracy_against_what_is_charged() -> None:
    assert objectives_of(Experiment(reward=Reward(cost="params")))(METRICS, COST_OF_TRIAL) == [0.5, 30]
    rate = Experiment(reward=Reward(cost="throughput_a100"))
    assert objectives_of(rate)({**METRICS, "throughput_a100": 4.0}, COST_OF_TRIAL) == [0.5, 0.25]


def test_a_score_is_the_value_as_it_is_and_no_accuracy() -> None:
    experiment = Experiment(objective=ObjectiveConfig(name="zero-cost"))
    assert reward_of(experiment)({"score": 41.5}, COST_OF_TRIAL) == [41.5]
    with pytest.raises(InvalidInput, match=r"objective\.name: got 'zero-cost', .*nas compare needs accuracies"):
        require_accuracy(experiment, "nas compare")
    require_accuracy(Experiment(), "nas compare")


def test_shared_weights_are_rewarded_by_their_likelihood_and_are_no_accuracy() -> None:
    experiment = Experiment(objective=ObjectiveConfig(name="shared"))
    metrics = {**METRICS, "likelihood": 0.25}
    assert reward_of(experiment)(metrics, COST_OF_TRIAL) == [
        pytest.approx(reward_of(Experiment())(METRICS, COST_OF_TRIAL)[0] / 2)
    ]
    assert objectives_of(experiment)(metrics, COST_OF_TRIAL)[0] == 0.25
    with pytest.raises(InvalidInput, match="nas compare needs accuracies"):
        require_accuracy(experiment, "nas compare")


def test_where_weights_are_shared_accuracies_are_those_of_networks_trained_alone() -> None:
    shared = Experiment(name="mine", objective=ObjectiveConfig(name="shared", training={"epochs": 9}))
    assert with_accuracies(shared, "scale search") == trained_alone(shared) == Experiment(name="mine")
    given = Experiment(objective=ObjectiveConfig(python="a:b"))
    assert with_accuracies(given, "scale search") is given
    with pytest.raises(InvalidInput, match="scale search needs accuracies"):
        with_accuracies(Experiment(objective=ObjectiveConfig(name="zero-cost")), "scale search")


def test_only_limits_that_are_set_and_costs_that_are_known_count() -> None:
    excess = limit_excess(Limits(max_flops=160, max_params="40", max_latency_ms=1))
    assert excess(COST_OF_TRIAL) == {"max_flops": pytest.approx(0.25), "max_params": pytest.approx(-0.25)}
    assert limit_excess(Limits())(COST_OF_TRIAL) == {}


@pytest.mark.parametrize("latency", [-5.0, 0.0, math.inf])
def test_a_cost_that_cannot_be_charged_is_refused(latency: float) -> None:
    experiment = Experiment(reward=Reward(cost="latency_ms", target=5))
    for value_of in (reward_of(experiment), objectives_of(experiment)):
        with pytest.raises(InvalidInput, match=r"^metrics\.latency_ms: got .*, accepted: a number above 0"):
            value_of({"val_accuracy": 0.5, "latency_ms": latency}, COST)


def test_a_pair_of_an_earlier_version_with_an_impossible_cost_is_worth_nothing() -> None:
    assert math.isnan(reward_of_values([0.5, -5.0], Reward(cost="latency_ms", target=5)))

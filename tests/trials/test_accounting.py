from __future__ import annotations

import math

import pytest

from search_spaces.cost import Cost
from trials.accounting import objectives_of, reward_of, reward_of_values
from trials.experiment import Experiment
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

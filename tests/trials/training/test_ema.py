from __future__ import annotations

import pytest
import torch

from tests.trials.tiny import tiny_network
from trials.training.ema import MovingAverage


def test_the_average_follows_the_published_rule() -> None:
    live = tiny_network()
    average = MovingAverage(live, decay=0.3)
    weight, statistic = live[7].weight, live[1].running_var
    expected_weight, expected_statistic = weight.detach().clone(), statistic.clone()
    for update in range(1, 12):
        with torch.no_grad():
            weight.normal_()
            statistic.uniform_()
        average.update()
        decay = min(0.3, (1 + update) / (10 + update))  # the cap is reached at the third update
        expected_weight = decay * expected_weight + (1 - decay) * weight.detach()
        expected_statistic = decay * expected_statistic + (1 - decay) * statistic
    assert torch.allclose(average.network[7].weight, expected_weight, atol=1e-6)
    assert torch.allclose(average.network[1].running_var, expected_statistic, atol=1e-6)


def test_the_average_is_a_network_of_its_own() -> None:
    live = tiny_network()
    average = MovingAverage(live, decay=0.9)
    before = live[7].weight.detach().clone()
    with torch.no_grad():
        average.network[7].weight.zero_()
    assert torch.equal(live[7].weight, before)
    assert not any(weight.requires_grad for weight in average.network.parameters())
    assert all(weight.requires_grad for weight in live.parameters())


def test_a_state_that_was_loaded_is_averaged_on() -> None:
    live = tiny_network()
    average = MovingAverage(live, decay=0.5)
    average.network.load_state_dict(tiny_network(seed=1).state_dict())
    other = tiny_network(seed=1)[7].weight.detach()
    average.update()
    expected = other + (1 - 2 / 11) * (live[7].weight.detach() - other)
    assert average.network[7].weight.detach() == pytest.approx(expected, abs=1e-6)

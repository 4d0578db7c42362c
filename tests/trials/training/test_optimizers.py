from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.trials.tiny import tiny_network
from trials.training.optimizers import RMSProp, make_optimizer, set_learning_rate
from trials.training_config import Optimizer, TrainingConfig


def test_rmsprop_follows_tensorflows_rule() -> None:
    """The rule as written in tf.train.RMSPropOptimizer, in float64, beside ours for 20 steps."""
    random = np.random.default_rng(0)
    expected = random.normal(size=5)
    weight = torch.tensor(expected, requires_grad=True)
    optimizer = RMSProp([weight], lr=0.1, momentum=0.9, weight_decay=0.01)
    square, velocity = np.ones(5), np.zeros(5)
    for step in range(20):
        rate = 0.1 / (step + 1)
        gradient = random.normal(size=5)
        weight.grad = torch.tensor(gradient)
        set_learning_rate(optimizer, rate)
        optimizer.step()
        gradient = gradient + 0.01 * expected
        square = 0.9 * square + 0.1 * gradient**2
        velocity = 0.9 * velocity + rate * gradient / np.sqrt(square + 0.001)
        expected = expected - velocity
        np.testing.assert_allclose(weight.detach().numpy(), expected, rtol=1e-12)


def test_rmsprop_leaves_weights_without_a_gradient_alone() -> None:
    used, unused = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = RMSProp([used, unused], lr=0.1, momentum=0.9)
    used.sum().backward()
    optimizer.step()
    assert torch.equal(unused, torch.ones(2))
    assert (used < 1).all()


@pytest.mark.parametrize("name", ["sgd", "rmsprop"])
def test_only_matrices_and_kernels_decay(name: Optimizer) -> None:
    network = tiny_network()
    before = {key: value.clone() for key, value in network.named_parameters()}
    optimizer = make_optimizer(network, TrainingConfig(optimizer=name, weight_decay=0.5))
    for weight in network.parameters():
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    decayed = {key for key, value in network.named_parameters() if not torch.equal(value, before[key])}
    assert decayed == {"0.weight", "3.weight", "7.weight"}


def test_frozen_weights_are_not_optimized() -> None:
    network = nn.Linear(3, 2)
    network.bias.requires_grad_(False)
    groups = make_optimizer(network, TrainingConfig()).param_groups
    assert [weight is network.weight for group in groups for weight in group["params"]] == [True]

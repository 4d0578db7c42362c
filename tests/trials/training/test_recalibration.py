from __future__ import annotations

import torch
from torch import nn

from tests.trials.tiny import tiny_network
from trials.training.recalibration import recalibrate


def test_statistics_become_the_average_over_the_batches() -> None:
    norm = nn.BatchNorm2d(3, momentum=0.01)
    batches = [torch.randn(16, 3, 5, 5, generator=torch.Generator().manual_seed(seed)) * 3 + 7 for seed in range(4)]
    recalibrate(norm, iter(batches))
    means = torch.stack([batch.mean((0, 2, 3)) for batch in batches]).mean(0)
    variances = torch.stack([batch.transpose(0, 1).flatten(1).var(1) for batch in batches]).mean(0)
    assert torch.allclose(norm.running_mean, means, rtol=1e-5)
    assert torch.allclose(norm.running_var, variances, rtol=1e-5)
    assert norm.momentum == 0.01
    assert not norm.training


def test_weights_stay_and_dropout_is_off() -> None:
    network = tiny_network()
    weights = [weight.detach().clone() for weight in network.parameters()]
    images = torch.rand(8, 1, 8, 8)
    seen: list[torch.Tensor] = []
    network[6].register_forward_hook(lambda _module, inputs, output: seen.extend((inputs[0], output)))
    recalibrate(network.train(), [images])
    assert torch.equal(seen[0], seen[1])
    assert all(torch.equal(now, before) for now, before in zip(network.parameters(), weights, strict=True))


def test_training_goes_on_after_it() -> None:
    network = tiny_network()
    recalibrate(network, [torch.rand(8, 1, 8, 8)])
    network.train()
    network(torch.rand(8, 1, 8, 8)).sum().backward()
    assert network[0].weight.grad is not None


def test_a_last_batch_of_one_image_is_passed_over() -> None:
    """One image on a 1 x 1 map has no variance: torch refuses it, which once ended trainings of 33 images."""
    images = torch.randn(33, 3, 1, 1, generator=torch.Generator().manual_seed(0))
    network = nn.Sequential(nn.BatchNorm2d(3))
    recalibrate(network, images.split(16))
    assert torch.allclose(network[0].running_mean, images[:32].view(2, 16, 3).mean(1).mean(0), atol=1e-6)

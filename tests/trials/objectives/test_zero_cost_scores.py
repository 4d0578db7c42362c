"""Scores against what their papers say of them."""

from __future__ import annotations

import copy
import itertools
import math

import pytest
import torch
from torch import Tensor, nn

from search_spaces.network import Network, build_network
from search_spaces.reference import reference
from trials.objectives.zero_cost_scores import SCORES, grad_norm, naswot, synflow, zen, zen_of_drawn, zero_cost_score
from trials.proxy import Proxy, apply_proxy

SMALL = Proxy(width=0.125, depth=0.5, resolution=0.0357)


def small(name: str = "efficientnet-b0", seed: int = 0) -> Network:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build_network(apply_proxy(reference(name), SMALL), in_channels=1, num_classes=4)


def batch(count: int = 8, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(count, 1, 16, 16, generator=generator)
    return images, torch.randint(4, (count,), generator=generator)


def linear(weight: list[list[float]]) -> nn.Linear:
    layer = nn.Linear(len(weight[0]), len(weight), bias=False)
    layer.weight.data = torch.tensor(weight)
    return layer


def test_synflow_of_a_chain_is_layers_times_the_product() -> None:
    """Every layer conserves the flow (arXiv:2006.05467, theorem 1): each of three gives |2| * |-3| * |5| = 30."""
    chain = nn.Sequential(linear([[2.0]]), nn.ReLU(), linear([[-3.0]]), nn.SiLU(), linear([[5.0]]))
    assert synflow(chain, torch.Size([1])) == pytest.approx(math.log(3 * 30))


def test_synflow_sums_over_all_paths() -> None:
    first, second = [[1.0, -2.0], [0.5, 3.0]], [[-1.0, 4.0]]
    paths = sum(abs(second[0][j] * first[j][i]) for i, j in itertools.product(range(2), range(2)))
    network = nn.Sequential(linear(first), linear(second))
    assert synflow(network, torch.Size([2])) == pytest.approx(math.log(2 * paths))


def test_synflow_sees_neither_signs_nor_batch_norms() -> None:
    network = small()
    changed = copy.deepcopy(network)
    for module in changed.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data.neg_()
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.mul_(7)
    shape = torch.Size([1, 16, 16])
    assert synflow(changed, shape) == pytest.approx(synflow(network, shape))


def test_naswot_is_the_determinant_of_shared_codes() -> None:
    """Two images of two units (arXiv:2006.04647 v2): one unit alike, one not: K = [[2, 1], [1, 2]], det 3."""
    network = nn.Sequential(nn.Flatten(), nn.ReLU())
    images = torch.tensor([[1.0, 1.0], [1.0, -1.0]]).view(2, 1, 1, 2)
    assert naswot(network, images) == pytest.approx(math.log(3))


def test_naswot_cannot_judge_equal_images() -> None:
    images, labels = batch()
    same = images[:1].repeat(8, 1, 1, 1)
    assert naswot(small(), same) == -math.inf
    with pytest.raises(ArithmeticError, match="naswot is -inf"):
        zero_cost_score("naswot", small(), same, labels, 0)
    assert math.isfinite(naswot(small(), images))


def test_grad_norm_of_a_linear_layer_is_known() -> None:
    """With zero weights the softmax is uniform: the gradient is (p - onehot) x, for x = 2 and 2 classes (±1)."""
    network = nn.Sequential(nn.Flatten(), linear([[0.0], [0.0]]))
    score = grad_norm(network, torch.full((1, 1, 1, 1), 2.0), torch.tensor([0]))
    assert score == pytest.approx(math.sqrt(2))


def test_zen_counts_the_scale_that_batch_norm_takes_out() -> None:
    """A weight times c changes nothing behind its batch norm, so the score grows by log c (arXiv:2102.01063, 3.2)."""
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4, eps=1e-12), nn.ReLU(), nn.Conv2d(4, 4, 3, bias=False)
    ).train()
    larger = copy.deepcopy(body)
    with torch.no_grad():
        next(larger.parameters()).mul_(100)
    images, _ = batch()
    torch.manual_seed(1)
    before = zen_of_drawn(body, images)
    torch.manual_seed(1)
    assert zen_of_drawn(larger, images) == pytest.approx(before + math.log(100), abs=1e-3)


def test_zen_grows_with_depth_where_shortcuts_would_hide_it() -> None:
    """A deeper network of Gaussian layers is more expressive: every layer adds its log scale (3.1)."""

    def chain(layers: int) -> nn.Sequential:
        parts = [nn.Conv2d(8, 8, 3, padding=1, bias=False) for _ in range(layers)]
        return nn.Sequential(*itertools.chain.from_iterable((part, nn.BatchNorm2d(8), nn.ReLU()) for part in parts))

    shape = torch.Size([4, 8, 8, 8])
    scores = [zen(chain(layers), shape, seed=0) for layers in (1, 3, 6)]
    assert scores == sorted(scores)
    assert scores[1] - scores[0] > 2


def test_zen_is_a_function_of_the_seed_and_not_of_the_weights() -> None:
    images, labels = batch()
    scores = [zero_cost_score("zen", small(seed=seed), images, labels, 5) for seed in (0, 1)]
    assert scores[0] == scores[1]
    assert zero_cost_score("zen", small(), images, labels, 6) != scores[0]


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("network", ["efficientnet-b0", "mobilenet-v2", "resnet-18"])
def test_every_score_judges_published_networks_and_leaves_them_alone(name: str, network: str) -> None:
    judged = small(network)
    before = copy.deepcopy(judged.state_dict())
    images, labels = batch()
    state = torch.get_rng_state()
    first = zero_cost_score(name, judged, images, labels, 3)
    assert math.isfinite(first)
    assert zero_cost_score(name, judged, images, labels, 3) == first
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[key]) for key, value in judged.state_dict().items())
    assert all(parameter.grad is None for parameter in judged.parameters())
